import { findRow, readTable } from '../../e2e/setup/access-table.js'
import { createCertificate } from '../../e2e/setup/certificate.js'
import { startServices, SERVICES, type Service } from '../../e2e/setup/services.js'
import { startSite, type Site } from '../../e2e/setup/site.js'
import type { Browser, Kind, Launch, Permission } from './browser.js'
import { FOLDERS } from './build.js'
import type { Report } from './report.js'

const PUBLIC = 'chat.example.com'
const NETWORK = 'nas.lan'
const ENDPOINTS = {
  'this machine': '127.0.0.1',
  'a .local name': 'gpu-box.local',
  'another name of the network': 'gpu-box',
} as const

/** The services that every page tries; the others are tried only by the http page of this machine. */
const USUAL = ['LM Studio', 'LM Studio without CORS', 'LM Studio wants a token', 'nothing'] as const

const CALLS = ['listModels', 'complete', 'healthCheck', 'diagnose'] as const

/** Makes one call in the page and returns its outcome in a few words; no retries, as in the tests of Chromium. */
const MAKE_CALL = `
  const [endpoint, timeout, call] = args
  const { createLMStudio, diagnose, ProviderError } = window.library
  const options = { endpoint, cache: false, maxRetries: 0, timeout, generationTimeout: timeout }
  const lmstudio = createLMStudio(options)
  try {
    if (call === 'diagnose') return (await diagnose(options)).code
    if (call === 'healthCheck') {
      const { status, diagnosis } = await lmstudio.healthCheck()
      return diagnosis === undefined ? status : status + ', ' + diagnosis.code
    }
    if (call === 'listModels') await lmstudio.listModels()
    else await lmstudio.complete({ model: 'acme/tern-4b', prompt: 'Hello.' })
    return 'succeed'
  } catch (error) {
    return ProviderError.isInstance(error) ? error.name + ', ' + error.code : String(error)
  }
`

const READY = `
  while (!('library' in window)) await new Promise((resolve) => setTimeout(resolve, 10))
`

/** The rows for single browsers, then those for every browser. */
const TABLE = [...readTable('Browser'), ...readTable('Page').map((row) => ['any', ...row])].filter(
  ([browser, page]) => browser !== 'any' || page === 'any',
)

interface Visit {
  readonly page: string
  readonly origin: string
  readonly permission: Permission | '–'
  readonly there: readonly Service[]
}

/** Makes every call from every page to every server and compares the outcomes with docs/browser-access.md. */
export async function runMatrix(name: Kind['name'], launch: Launch, report: Report): Promise<void> {
  await using internet = await startSites(PUBLIC)
  await using network = await startSites(NETWORK)
  await using machine = await startSites('localhost')
  await using near = await startServices()
  await using far = await startServices()
  const settings = {
    hosts: [PUBLIC, NETWORK, ...Object.values(ENDPOINTS).slice(1)],
    publicPorts: internet.ports,
    networkPorts: [...network.ports, ...far.ports],
  }
  const rows = new Set<number>()
  const visit = async (browser: Browser, { page, origin, permission, there }: Visit): Promise<void> => {
    if (permission !== '–') await browser.setPermission?.(origin, permission)
    await browser.open(`${origin}/pages/empty.html`)
    await browser.run(READY)
    for (const [endpoint, host] of Object.entries(ENDPOINTS)) {
      for (const service of host === '127.0.0.1' ? there : USUAL) {
        const { scheme, port } = (host === '127.0.0.1' ? near : far).at[service]
        const row = findRow(TABLE, [name, page, permission, endpoint, service])
        rows.add(row)
        const [calls, healthCheck, diagnosis] = TABLE[row]?.slice(5) ?? []
        await report.check(`${page}, ${permission}, ${endpoint}, ${service}`, async () => {
          const actual: string[] = []
          // A request that waits for a permission or for a silent server ends after 300 ms.
          const isWaiting = service === 'silence' || permission === 'prompt'
          for (const call of CALLS) {
            actual.push(await browser.run(MAKE_CALL, `${scheme}://${host}:${port}`, isWaiting ? 300 : 5_000, call))
          }
          const expected = [calls, calls, healthCheck, diagnosis]
          if (actual.join(' | ') !== expected.join(' | ')) {
            throw new Error(`${actual.join(' | ')}; the guide: ${expected.join(' | ')}`)
          }
        })
      }
    }
  }

  const visits = (browser: Browser, scheme: 'http' | 'https'): readonly Visit[] => {
    const states = browser.setPermission === undefined ? (['–'] as const) : (['granted', 'prompt', 'denied'] as const)
    const at = (host: string, sites: Sites): string => `${scheme}://${host}:${sites[scheme].port}`
    const visit = { permission: '–', there: USUAL } as const
    const near = { ...visit, page: `${scheme} of this machine`, origin: at('localhost', machine) }
    const publicly = states.map((permission) => ({
      ...visit,
      page: `public ${scheme}`,
      origin: at(PUBLIC, internet),
      permission,
    }))
    // WebKit reaches host names through a proxy, which supports only http.
    if (scheme === 'https') return browser.setPermission === undefined ? [near] : [near, ...publicly]
    const ofNetwork = { ...visit, page: 'http of the network', origin: at(NETWORK, network) }
    return [{ ...near, there: SERVICES }, ofNetwork, ...publicly]
  }
  for (const scheme of ['http', 'https'] as const) {
    // A browser that accepts the certificate of the pages accepts every other one too.
    await using browser = disposable(await launch({ ...settings, acceptInsecureCerts: scheme === 'https' }))
    for (const one of visits(browser, scheme)) await visit(browser, one)
  }
  await report.check('the guide has no unused row', async () => {
    const unused = TABLE.filter(([browser], index) => browser?.split(' / ').includes(name) && !rows.has(index))
    if (unused.length > 0) throw new Error(unused.map((row) => row.join(' | ')).join('; '))
  })
}

interface Sites extends AsyncDisposable {
  readonly http: Site
  readonly https: Site
  readonly ports: readonly number[]
}

async function startSites(host: string): Promise<Sites> {
  const http = await startSite(undefined, FOLDERS)
  const https = await startSite(createCertificate(host), FOLDERS)
  return {
    http,
    https,
    ports: [http.port, https.port],
    async [Symbol.asyncDispose]() {
      await http[Symbol.asyncDispose]()
      await https[Symbol.asyncDispose]()
    },
  }
}

const disposable = (browser: Browser): Browser & AsyncDisposable => ({
  ...browser,
  [Symbol.asyncDispose]: () => browser.close(),
})
