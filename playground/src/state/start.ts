export const DEFAULT_ENDPOINT = 'http://127.0.0.1:1234'

const THIS_MACHINE = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/

/** The initial connection. */
export interface Start {
  readonly endpoint: string
  /** Whether to connect on page load. */
  readonly connectsAutomatically: boolean
  /** The endpoint of the mock server that `npm start` runs. */
  readonly mockServer: string | undefined
}

/**
 * Returns the initial endpoint: `?endpoint=` of the page's URL, or the saved endpoint, or LM Studio's default. `&mock`
 * marks the endpoint as a mock server.
 *
 * @remarks
 * Only a page served from this machine connects on page load. On any other page the browser would open a permission
 * prompt for local devices before the user has done anything.
 */
export function findStart({ search, hostname }: Pick<Location, 'search' | 'hostname'>, saved?: string): Start {
  const query = new URLSearchParams(search)
  const requested = query.get('endpoint')?.trim() || undefined
  const chosen = requested ?? saved
  return {
    endpoint: chosen ?? DEFAULT_ENDPOINT,
    connectsAutomatically: chosen !== undefined && THIS_MACHINE.test(hostname),
    mockServer: requested !== undefined && query.has('mock') ? requested : undefined,
  }
}
