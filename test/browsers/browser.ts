export type Permission = 'granted' | 'prompt' | 'denied'

/** A browser with one page, independent of its driver. */
export interface Browser {
  readonly version: string
  open(url: string): Promise<void>
  /** Runs the body of an async function in the page; `args` and the result are plain data. */
  run<T>(body: string, ...args: readonly unknown[]): Promise<T>
  /** Sets the permission for local addresses; absent in a browser without such a permission. */
  setPermission?(origin: string, state: Permission): Promise<void>
  screenshot(): Promise<Uint8Array>
  close(): Promise<void>
}

export interface BrowserSettings {
  /** Accepts every certificate, so that pages can use https with a certificate of the tests. */
  readonly acceptInsecureCerts?: boolean
  /** Host names that resolve to this machine. */
  readonly hosts?: readonly string[]
  /** Ports of this machine that count as public addresses, in a browser that distinguishes address spaces. */
  readonly publicPorts?: readonly number[]
  /** Ports of this machine that count as addresses of the local network. */
  readonly networkPorts?: readonly number[]
}

/** Starts a browser. */
export type Launch = (settings?: BrowserSettings) => Promise<Browser>

/** A browser that the checks can use. */
export interface Kind {
  readonly name: 'Firefox' | 'WebKit'
  /** The Debian packages that install it. */
  readonly packages: string
  /** `undefined` when it is not installed. */
  readonly launch: Launch | undefined
}
