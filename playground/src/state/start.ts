export const DEFAULT_ENDPOINT = 'http://127.0.0.1:1234'

const THIS_MACHINE = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/

/** Where to begin. */
export interface Start {
  readonly endpoint: string
  /** Whether to connect without being asked. */
  readonly connectsAtOnce: boolean
  /** The endpoint that is a mock, where `npm start` says so. */
  readonly mockServer: string | undefined
}

/**
 * The endpoint to begin with: `?endpoint=` of the page's address, else the remembered one, else LM Studio's usual one.
 * `&mock` says that what listens there is a mock.
 *
 * @remarks
 * Only a page from this machine connects by itself. On any other, the browser would ask for permission to reach apps on
 * this device, and nobody grants that before having pressed a button.
 */
export function findStart({ search, hostname }: Pick<Location, 'search' | 'hostname'>, remembered?: string): Start {
  const query = new URLSearchParams(search)
  const asked = query.get('endpoint')?.trim() || undefined
  const given = asked ?? remembered
  return {
    endpoint: given ?? DEFAULT_ENDPOINT,
    connectsAtOnce: given !== undefined && THIS_MACHINE.test(hostname),
    mockServer: asked !== undefined && query.has('mock') ? asked : undefined,
  }
}
