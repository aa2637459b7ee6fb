import { findFile, loadOwn } from './find.js'
import type { Kind, Launch, Permission } from './browser.js'

/** The parts of puppeteer-core that are used here; it is installed only for these checks. */
interface Puppeteer {
  launch(options: object): Promise<{
    version(): Promise<string>
    newPage(): Promise<{
      goto(url: string): Promise<unknown>
      evaluate(script: string): Promise<unknown>
      setViewport(size: { readonly width: number; readonly height: number }): Promise<void>
      screenshot(): Promise<Uint8Array>
    }>
    defaultBrowserContext(): {
      setPermission(
        origin: string,
        ...settings: readonly { readonly permission: { readonly name: string }; readonly state: Permission }[]
      ): Promise<void>
    }
    close(): Promise<void>
  }>
}

const executablePath = process.env.FIREFOX_PATH ?? findFile('firefox-esr', 'firefox')

const launch: Launch = async ({
  acceptInsecureCerts = false,
  hosts = [],
  publicPorts = [],
  networkPorts = [],
} = {}) => {
  const puppeteer = loadOwn<Puppeteer>('puppeteer-core')
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    acceptInsecureCerts,
    extraPrefsFirefox: {
      'network.dns.localDomains': hosts.join(','),
      'network.lna.address_space.public.override': addresses(publicPorts),
      'network.lna.address_space.private.override': addresses(networkPorts),
    },
  })
  const page = await browser.newPage()
  await page.setViewport({ width: 1280, height: 860 })
  return {
    version: (await browser.version()).replace('firefox/', ''),
    open: async (url) => void (await page.goto(url)),
    async run<T>(body: string, ...args: readonly unknown[]) {
      return (await page.evaluate(`(async (...args) => { ${body} })(...${JSON.stringify(args)})`)) as T
    },
    setPermission: (origin, state) =>
      browser
        .defaultBrowserContext()
        .setPermission(
          origin,
          ...['loopback-network', 'local-network'].map((name) => ({ permission: { name }, state })),
        ),
    screenshot: () => page.screenshot(),
    close: () => browser.close(),
  }
}

const addresses = (ports: readonly number[]): string => ports.map((port) => `127.0.0.1:${port}`).join(',')

export const firefox: Kind = {
  name: 'Firefox',
  packages: 'firefox-esr',
  launch: executablePath === undefined ? undefined : launch,
}
