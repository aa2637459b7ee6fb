import { networkInterfaces } from 'node:os'
import { chromium, expect, test, type Browser, type BrowserContext, type Frame, type Page } from '@playwright/test'
import { startMockLMStudio } from '../src/testing/node-server.js'
import { addressSpace } from '../src/utils/address.js'
import { findRow, readTable } from './setup/access-table.js'
import { createCertificate } from './setup/certificate.js'
import { startServices, SERVICES, type Service, type Services } from './setup/services.js'
import { startSite, type Site } from './setup/site.js'
import { openEmptyPage } from './setup/test.js'

/** The columns of the table in docs/browser-access.md, with its words. */
interface Cell {
  readonly page: string
  readonly permission: string
  readonly endpoint: string
  readonly there: Service
}

/** The outcome columns of the table. */
interface Outcome {
  readonly calls: string
  readonly healthCheck: string
  readonly diagnose: string
}

type Setting = (typeof SETTINGS)[number]

const PUBLIC = 'chat.example.com'
const NETWORK = 'nas.lan'
const ADDRESS = '192.168.77.20'
const HOSTS = [PUBLIC, `frame.${PUBLIC}`, NETWORK, ADDRESS, 'gpu-box.local', 'gpu-box']

const ENDPOINTS: Readonly<Record<string, string>> = {
  'this machine': '127.0.0.1',
  'an IP address of the network': ADDRESS,
  'a .local name': 'gpu-box.local',
  'another name of the network': 'gpu-box',
}
/** The services that are tried at an address of the network; on this machine all are. */
const AT_NETWORK = ['LM Studio', 'LM Studio without CORS', 'nothing'] as const

const SETTINGS = ['granted', 'prompt', 'denied'] as const

/** Pages that need no permission, with their names in the table. */
const WITHOUT_PERMISSION = [
  ['public http', PUBLIC, 'http', 'public'],
  ['http of this machine', '127.0.0.1', 'http', 'machine'],
  ['http of this machine', 'localhost', 'http', 'machine'],
  ['https of this machine', 'localhost', 'https', 'machine'],
  ['http of the network', NETWORK, 'http', 'network'],
  ['http of the network', ADDRESS, 'http', 'network'],
  ['https of the network', NETWORK, 'https', 'network'],
] as const

const TABLE = readTable('Page')

let browser: Browser
let sites: Record<'public' | 'network' | 'machine', { readonly http: Site; readonly https: Site }>
let near: Services
let far: Services
const started: AsyncDisposable[] = []
const use = <T extends AsyncDisposable>(one: T): T => {
  started.push(one)
  return one
}

test.beforeAll(async ({ launchOptions }) => {
  const certificate = createCertificate(PUBLIC)
  const start = async () => ({
    http: use(await startSite()),
    https: use(await startSite(certificate)),
  })
  sites = { public: await start(), network: await start(), machine: await start() }
  near = use(await startServices())
  far = use(await startServices())
  // Everything runs on this machine; these flags only change the address space of a port.
  const spaces = [
    ...[sites.public.http.port, sites.public.https.port].map((port) => `127.0.0.1:${port}=public`),
    ...[sites.network.http.port, sites.network.https.port, ...far.ports].map((port) => `127.0.0.1:${port}=local`),
  ]
  browser = use(
    await chromium.launch({
      ...launchOptions,
      args: [
        '--no-sandbox',
        '--disable-quic',
        `--host-resolver-rules=${HOSTS.map((host) => `MAP ${host} 127.0.0.1`).join(',')}`,
        `--ip-address-space-overrides=${spaces.join(',')}`,
        // Trusts only the certificate of the sites.
        `--ignore-certificate-errors-spki-list=${certificate.fingerprint}`,
      ],
    }),
  )
})
test.afterAll(async () => {
  for (const one of started.toReversed()) await one[Symbol.asyncDispose]()
})

/** Sets the permissions to access this machine and the local network. */
async function setPermission(context: BrowserContext, origin: string, setting: Setting): Promise<void> {
  const page = await context.newPage()
  const { targetInfo } = await (await context.newCDPSession(page)).send('Target.getTargetInfo')
  const session = await browser.newBrowserCDPSession()
  for (const name of ['loopback-network', 'local-network']) {
    await session.send('Browser.setPermission', {
      origin,
      permission: { name },
      setting,
      ...(targetInfo.browserContextId === undefined ? {} : { browserContextId: targetInfo.browserContextId }),
    })
  }
  await page.close()
}

interface Target {
  readonly endpoint: string
  readonly timeout?: number
}

const CALLS = ['listModels', 'complete', 'healthCheck', 'diagnose', 'diagnose with prompt'] as const

/** Makes one call in the page and resolves to its outcome in a few words. */
const makeCall = (frame: Frame, { endpoint, timeout = 5_000 }: Target, call: (typeof CALLS)[number]): Promise<string> =>
  frame.evaluate(
    async ([endpoint, timeout, call]) => {
      const { createLMStudio, diagnose, ProviderError } = window.library
      // Without retries, which the table does not describe.
      const options = { endpoint, cache: false as const, maxRetries: 0, timeout, generationTimeout: timeout }
      const lmstudio = createLMStudio(options)
      try {
        if (call === 'diagnose') return (await diagnose(options)).code
        if (call === 'diagnose with prompt') return (await diagnose({ ...options, prompt: true })).code
        if (call === 'healthCheck') {
          const { status, diagnosis } = await lmstudio.healthCheck()
          return diagnosis === undefined ? status : `${status}, ${diagnosis.code}`
        }
        if (call === 'listModels') await lmstudio.listModels()
        else await lmstudio.complete({ model: 'acme/tern-4b', prompt: 'Hello.' })
        return 'succeed'
      } catch (error) {
        return ProviderError.isInstance(error) ? `${error.name}, ${error.code}` : String(error)
      }
    },
    [endpoint, timeout, call] as const,
  )

/** Makes every call for one cell and checks the requests that the calls send. */
async function observe(page: Page, frame: Frame, target: Target, mayPrompt: boolean): Promise<Outcome> {
  const results: string[] = []
  for (const call of CALLS) {
    const requests: string[] = []
    const onRequest = (request: { url(): string; method(): string }): void => {
      if (request.url().startsWith('http')) requests.push(`${request.method()} ${new URL(request.url()).pathname}`)
    }
    page.on('request', onRequest)
    results.push(await makeCall(frame, target, call))
    page.off('request', onRequest)
    const [first, ...rest] = requests
    const where = `${call} from ${frame.url()} to ${target.endpoint}`
    // Only `complete` sends a request that is not a GET.
    expect(
      // A program that is not LM Studio is also tried without /v1.
      [first ?? '', ...rest].filter((request) => !/^(GET |POST \/chat\/completions$|$)/.test(request)),
      where,
    ).toEqual(call === 'complete' ? ['POST /v1/chat/completions'] : [])
    // A request that can show a permission prompt is sent once per call, and never by `diagnose` without `prompt`.
    if (mayPrompt) expect(requests.length, where).toBe(call === 'diagnose' ? 0 : 1)
  }
  const [models, completion, healthCheck, diagnose, prompted] = results
  expect([completion, prompted], target.endpoint).toEqual([models, diagnose])
  return { calls: models!, healthCheck: healthCheck!, diagnose: diagnose! }
}

/** Every cell of one page. */
const cellsOf = (page: string, permission: string): Cell[] =>
  Object.keys(ENDPOINTS).flatMap((endpoint) =>
    (endpoint === 'this machine' ? SERVICES : AT_NETWORK).map((there) => ({ page, permission, endpoint, there })),
  )

/** Tries every server and address from one page and compares the outcomes with the table. */
async function sweep(page: Page, frame: Frame, name: string, permission: string): Promise<void> {
  const actual: unknown[] = []
  const expected: unknown[] = []
  for (const cell of cellsOf(name, permission)) {
    const { endpoint, there } = cell
    const { scheme, port } = (endpoint === 'this machine' ? near : far).at[cell.there]
    const call = {
      endpoint: `${scheme}://${ENDPOINTS[endpoint]!}:${port}`,
      // Long enough for a busy machine, and short for a server that never responds.
      timeout: there === 'silence' ? 100 : 5_000,
    }
    const mayPrompt = name === 'public https' && permission === 'prompt'
    actual.push({ ...cell, ...(await observe(page, frame, call, mayPrompt)) })
    const [calls, healthCheck, diagnose] = TABLE[rowOf(cell)]?.slice(4) ?? []
    expected.push({ ...cell, calls, healthCheck, diagnose })
  }
  expect(actual).toEqual(expected)
}

/** The first row of the table that matches a cell. */
const rowOf = ({ page, permission, endpoint, there }: Cell): number =>
  findRow(TABLE, [page, permission, endpoint, there])

for (const setting of SETTINGS) {
  test(`a public https page has the outcomes of the guide, permission: ${setting}`, async () => {
    test.setTimeout(60_000)
    await using context = await browser.newContext()
    const origin = `https://${PUBLIC}:${sites.public.https.port}`
    await setPermission(context, origin, setting)
    const page = await context.newPage()
    await openEmptyPage(page, origin)
    await sweep(page, page.mainFrame(), 'public https', setting)
  })
}

for (const [name, host, scheme, site] of WITHOUT_PERMISSION) {
  test(`a page at ${scheme}://${host} has the outcomes of the guide`, async () => {
    test.setTimeout(60_000)
    await using context = await browser.newContext()
    const page = await context.newPage()
    await openEmptyPage(page, `${scheme}://${host}:${sites[site][scheme].port}`)
    await sweep(page, page.mainFrame(), name, '–')
  })
}

test('a public https page in a frame without the permission policy has the outcomes of the guide', async () => {
  test.setTimeout(60_000)
  await using context = await browser.newContext()
  const { port } = sites.public.https
  const page = await context.newPage()
  await openEmptyPage(page, `https://${PUBLIC}:${port}`)
  await setPermission(context, `https://${PUBLIC}:${port}`, 'prompt')
  const frame = await frameOf(page, `https://frame.${PUBLIC}:${port}/pages/empty.html`)
  expect(await outcomeOf(frame, addressOf(near, 'LM Studio'))).toMatchObject({
    reason: 'permission-denied',
    hint: expect.stringContaining('<iframe allow="loopback-network'),
  })
  await sweep(page, frame, 'public https in a frame', 'prompt')
})

test('the guide has a row for every combination and no other row', () => {
  const cells = [
    ...SETTINGS.flatMap((setting) => cellsOf('public https', setting)),
    ...WITHOUT_PERMISSION.flatMap(([name]) => cellsOf(name, '–')),
    ...cellsOf('public https in a frame', 'prompt'),
  ]
  const rows = new Set(cells.map(rowOf))
  expect([...rows].sort((one, other) => one - other)).toEqual([...TABLE.keys()])
})

test('a frame with the permission policy reports that permission is required', async () => {
  await using context = await browser.newContext()
  const { port } = sites.public.https
  const page = await context.newPage()
  await openEmptyPage(page, `https://${PUBLIC}:${port}`)
  await setPermission(context, `https://${PUBLIC}:${port}`, 'prompt')
  const allow = 'loopback-network; local-network'
  const frame = await frameOf(page, `https://frame.${PUBLIC}:${port}/pages/empty.html`, allow)
  expect(await outcomeOf(frame, addressOf(near, 'LM Studio'))).toMatchObject({ reason: 'permission-required' })
})

test('a worker from a blob of a public page reports that permission is required', async () => {
  await using context = await browser.newContext()
  const origin = `https://${PUBLIC}:${sites.public.https.port}`
  const page = await context.newPage()
  await openEmptyPage(page, origin)
  const code = await page.evaluate(
    async ([endpoint, library]) => {
      const program = `import { diagnose } from '${library}'
        postMessage((await diagnose({ endpoint: '${endpoint}' })).code)`
      const url = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }))
      const worker = new Worker(url, { type: 'module' })
      return new Promise((resolve, reject) => {
        worker.addEventListener('message', ({ data }) => resolve(data))
        worker.addEventListener('error', ({ message }) => reject(new Error(message)))
      })
    },
    [addressOf(near, 'LM Studio'), `${origin}/package/index.js`] as const,
  )
  expect(code).toBe('permission-required')
})

test('an https page reaches a host name of the network and gets a hint for a name of this machine', async () => {
  await using context = await browser.newContext()
  const origin = `https://${PUBLIC}:${sites.public.https.port}`
  await setPermission(context, origin, 'granted')
  const page = await context.newPage()
  await openEmptyPage(page, origin)
  const at = ({ at }: Services): string => `http://gpu-box:${at['LM Studio'].port}`
  expect(await outcomeOf(page.mainFrame(), at(far))).toHaveLength(5)
  expect(await outcomeOf(page.mainFrame(), at(near))).toMatchObject({
    code: 'not-running',
    hint: expect.stringContaining('http://127.0.0.1'),
  })
  const steps = await page.evaluate(
    async (endpoint) => (await window.library.diagnose({ endpoint })).steps.join(' '),
    at(near),
  )
  expect(steps).toContain('http://127.0.0.1')
})

test('reports that the device is offline when the server is on another device', async () => {
  await using context = await browser.newContext()
  const page = await context.newPage()
  await openEmptyPage(page, sites.machine.http.url)
  await context.setOffline(true)
  const { port } = far.at['LM Studio']
  expect(await outcomeOf(page.mainFrame(), `http://${ADDRESS}:${port}`)).toMatchObject({ code: 'offline' })
})

test('treats a private address of this machine as one', async () => {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, address, family }) => !internal && isPrivate(family === 'IPv6' ? `[${address}]` : address))
  test.skip(own === undefined, 'this machine has no address in a private network')
  const { address } = own!
  await using withCORS = await startMockLMStudio({ host: address })
  await using withoutCORS = await startMockLMStudio({ host: address, cors: false })
  const origin = `https://${PUBLIC}:${sites.public.https.port}`
  const codes: unknown[] = []
  for (const setting of ['granted', 'prompt', 'denied'] as const) {
    await using context = await browser.newContext()
    await setPermission(context, origin, setting)
    const page = await context.newPage()
    await openEmptyPage(page, origin)
    for (const { url } of [withCORS, withoutCORS])
      codes.push(await makeCall(page.mainFrame(), { endpoint: url }, 'diagnose'))
  }
  expect(codes).toEqual([
    'ok',
    'cors-disabled',
    'permission-required',
    'permission-required',
    'permission-denied',
    'permission-denied',
  ])
})

const isPrivate = (hostname: string): boolean => addressSpace(hostname) === 'private'

const addressOf = ({ at }: Services, there: Service): string => `${at[there].scheme}://127.0.0.1:${at[there].port}`

/** Adds a frame of another site to a page. */
async function frameOf(page: Page, src: string, allow = ''): Promise<Frame> {
  await page.evaluate(
    ([src, allow]) => document.body.append(Object.assign(document.createElement('iframe'), { src, allow })),
    [src, allow] as const,
  )
  await expect.poll(() => page.frame({ url: src })).not.toBeNull()
  const frame = page.frame({ url: src })!
  await frame.waitForFunction(() => 'library' in window)
  return frame
}

/** Lists models; resolves to them, or to the error as plain data. */
const outcomeOf = (frame: Frame, endpoint: string): Promise<unknown> =>
  frame.evaluate(async (endpoint) => {
    try {
      return await window.library.createLMStudio({ endpoint, cache: false, maxRetries: 0 }).listModels()
    } catch (error) {
      return window.library.ProviderError.isInstance(error) ? error.toJSON() : String(error)
    }
  }, endpoint)
