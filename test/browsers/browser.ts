export type Permission = 'granted' | 'prompt' | 'denied'

/** A browser with one page, as the checks see it, whoever drives it. */
export interface Browser {
  readonly version: string
  open(url: string): Promise<void>
  /** Runs the body of an async function in the page; `args` and what it gives are plain data. */
  run<T>(body: string, ...args: readonly unknown[]): Promise<T>
  /** Answers the browser's questions about local addresses in the person's place, in a browser that has them. */
  answer?(origin: string, state: Permission): Promise<void>
  screenshot(): Promise<Uint8Array>
  close(): Promise<void>
}

export interface BrowserSettings {
  /** Lets pages be https with a certificate of our own; and everything else too. */
  readonly acceptInsecureCerts?: boolean
  /** Host names that shall be this machine, as far as the browser is concerned. */
  readonly hosts?: readonly string[]
  /** Ports of this machine that shall count as the internet, in a browser that makes a difference. */
  readonly publicPorts?: readonly number[]
  /** Ports of this machine that shall count as the local network. */
  readonly networkPorts?: readonly number[]
}

/** Starts a browser. */
export type Launch = (settings?: BrowserSettings) => Promise<Browser>

export interface Kind {
  readonly name: 'Firefox' | 'WebKit'
  /** What to install where it is missing. */
  readonly packages: string
  /** `undefined` where it is not installed. */
  readonly launch: Launch | undefined
}
