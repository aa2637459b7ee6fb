import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { findFile, loadOwn } from './find.js'
import { startProxy } from './proxy.js'
import type { Browser, BrowserSettings, Kind, Launch } from './browser.js'

/** The parts of selenium-webdriver that are used here; it is installed only for these checks. */
interface Selenium {
  readonly Builder: new () => Builder
}
interface Builder {
  usingServer(url: string): Builder
  withCapabilities(capabilities: object): Builder
  build(): Promise<{
    getCapabilities(): Promise<{ getBrowserVersion(): string | undefined }>
    manage(): {
      setTimeouts(limits: { readonly script: number; readonly pageLoad: number }): Promise<void>
      window(): { setRect(size: { readonly width: number; readonly height: number }): Promise<unknown> }
    }
    get(url: string): Promise<void>
    executeAsyncScript(script: string, ...args: readonly unknown[]): Promise<unknown>
    takeScreenshot(): Promise<string>
    quit(): Promise<void>
  }>
}

type Result = { readonly value?: unknown; readonly error?: string }

// Longer than any case may take, so that the driver does not time out first.
const SCRIPT_MS = 120_000
const START_MS = 20_000
const QUIT_MS = 5_000

const after = (ms: number): Promise<undefined> => new Promise((resolve) => setTimeout(resolve, ms, undefined).unref())

/** Finds the browser of WebKitGTK, which is not in `PATH`. */
function findMiniBrowser(): string | undefined {
  return ['/usr/lib', '/usr/lib64', '/usr/libexec']
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => [folder, ...readdirSync(folder).map((inner) => `${folder}/${inner}`)])
    .flatMap((folder) => ['4.1', '4.0', '6.0'].map((api) => `${folder}/webkit2gtk-${api}/MiniBrowser`))
    .find((path) => existsSync(path))
}

const driverPath = findFile('WebKitWebDriver')
const browserPath = findMiniBrowser()
const displayPath = findFile('Xvfb')
const isInstalled =
  driverPath !== undefined && browserPath !== undefined && (displayPath ?? process.env.DISPLAY) !== undefined

/** Starts a browser; a second attempt is made because the driver sometimes hangs while it starts its browser. */
const launch: Launch = async (settings) => {
  for (const _ of [1, 2]) {
    const started = await start(settings)
    if (started !== undefined) return started
  }
  throw new Error(`the driver started no browser within ${START_MS} ms`)
}

const start = async ({ acceptInsecureCerts = false, hosts = [] }: BrowserSettings = {}): Promise<
  Browser | undefined
> => {
  const { Builder } = loadOwn<Selenium>('selenium-webdriver')
  const screen = displayPath === undefined ? undefined : await startScreen(displayPath)
  const proxy = await startProxy(hosts)
  const port = await freePort()
  const driver = spawn(driverPath!, [`--port=${port}`], {
    env: { ...process.env, ...(screen === undefined ? {} : { DISPLAY: screen.display }) },
    stdio: 'ignore',
  })
  const server = `http://127.0.0.1:${port}`
  const end = async (): Promise<void> => {
    for (const child of [driver, screen?.child]) if (child !== undefined) await stop(child)
    await proxy[Symbol.asyncDispose]()
  }
  try {
    await whenUp(`${server}/status`, driver)
    const starting = new Builder()
      .usingServer(server)
      .withCapabilities({
        browserName: 'MiniBrowser',
        acceptInsecureCerts,
        'webkitgtk:browserOptions': { binary: browserPath, args: ['--automation'] },
        ...(hosts.length === 0 ? {} : { proxy: proxy.capability }),
      })
      .build()
    const session = await Promise.race([starting, after(START_MS)])
    if (session === undefined) {
      starting.catch(() => {})
      await end()
      return undefined
    }
    await session.manage().setTimeouts({ script: SCRIPT_MS, pageLoad: START_MS })
    await session.manage().window().setRect({ width: 1280, height: 860 })
    return {
      version: (await session.getCapabilities()).getBrowserVersion() ?? 'of unknown version',
      open: (url) => session.get(url),
      async run<T>(body: string, ...args: readonly unknown[]) {
        const { value, error } = (await session.executeAsyncScript(
          `const args = [...arguments]
           const done = args.pop()
           ;(async () => { ${body} })().then(
             (value) => done({ value }),
             (error) => done({ error: error?.stack ? \`\${error}\n\${error.stack}\` : String(error) }),
           )`,
          ...args,
        )) as Result
        if (error !== undefined) throw new Error(error)
        return value as T
      },
      screenshot: async () => Buffer.from(await session.takeScreenshot(), 'base64'),
      async close() {
        // The driver does not always respond to this; then the browser ends with its screen.
        await Promise.race([session.quit(), after(QUIT_MS)])
        await end()
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}

/** Starts a virtual screen with a free display number. */
async function startScreen(path: string): Promise<{ readonly child: ChildProcess; readonly display: string }> {
  const child = spawn(path, ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const [number] = (await once(child.stdio[3] as Readable, 'data')) as [Buffer]
  return { child, display: `:${number.toString().trim()}` }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

async function whenUp(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const response = await fetch(url).catch(() => undefined)
    if (response?.ok) return
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('WebKitWebDriver did not start')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

export const webkit: Kind = {
  name: 'WebKit',
  packages: 'webkit2gtk-driver xvfb',
  launch: isInstalled ? launch : undefined,
}
