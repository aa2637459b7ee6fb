export interface StartingPoint {
  readonly endpoint: string
  /** Whether to connect without being asked. */
  readonly connectsAtOnce: boolean
  /** Where `npm start` runs a mock, if it does. */
  readonly mock: string | undefined
}

const DEFAULT_ENDPOINT = 'http://127.0.0.1:1234'
const THIS_MACHINE = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/

/**
 * The endpoint to begin with: `?endpoint=` of the page's address, else the one `npm start` writes into the page, else
 * LM Studio's usual one.
 *
 * @remarks
 * Only a page from this machine connects by itself. On any other, the browser would ask for permission to reach apps on
 * this device, and nobody grants that before having pressed a button.
 */
export function findEndpoint(
  page: ParentNode,
  { search, hostname }: Pick<Location, 'search' | 'hostname'>,
): StartingPoint {
  const asked = new URLSearchParams(search).get('endpoint')
  const injected = page.querySelector<HTMLMetaElement>('meta[name="lmstudio-endpoint"]')
  const given = asked?.trim() || injected?.content
  return {
    endpoint: given || DEFAULT_ENDPOINT,
    connectsAtOnce: Boolean(given) && THIS_MACHINE.test(hostname),
    mock: injected?.dataset.mock === undefined ? undefined : injected.content,
  }
}
