import { batch, computed, effect, signal, type ReadonlySignal } from '@preact/signals'
import {
  createLMStudio,
  discover as discoverServer,
  ProviderError,
  type HealthReport,
  type LMStudioOptions,
  type LMStudioProvider,
} from 'lmstudio-provider'
import { datedCache } from './model-cache.js'
import { handOverModelList } from './hand-over.js'
import { getMock, mock, MOCK_ENDPOINT } from './mock.js'
import { record } from './recorder.js'
import { go } from './route.js'
import { DEFAULT_ENDPOINT, findStart } from './start.js'
import { storage } from './storage.js'

/**
 * `idle`: not tried yet. `limited`: the server responds but cannot be used fully. `failed`: no request was sent because
 * the address or an option is invalid.
 */
export type Status = 'idle' | 'connecting' | 'connected' | 'limited' | 'unreachable' | 'failed'

/** The values of the form. */
export const endpoint = signal(DEFAULT_ENDPOINT)
export const token = signal('')
export const allowRemote = signal(false)
/** Whether to save endpoint and token in this browser. */
export const remember = signal(false)

export const status = signal<Status>('idle')
/** Whether the page has just been loaded and has not read the saved connection yet. */
export const isStarting = signal(true)
/** The client for all calls of all views. `undefined` while no server is connected. */
export const provider = signal<LMStudioProvider | undefined>(undefined)
export const health = signal<HealthReport | undefined>(undefined)
/** When `health` was last updated. */
export const checkedAt = signal<Date | undefined>(undefined)
/** An error that prevented the health check, such as an invalid address. */
export const connectionError = signal<unknown>(undefined)

const mockServer = signal<string | undefined>(undefined)
/** Which mock is connected: the one inside this page or the server that `npm start` runs. */
export const isMock: ReadonlySignal<'page' | 'server' | false> = computed(() => {
  const current = provider.value?.endpoint ?? endpoint.value
  if (current === MOCK_ENDPOINT) return 'page'
  return current === mockServer.value && 'server'
})

const STATUS = { healthy: 'connected', degraded: 'limited', unreachable: 'unreachable' } as const
const STORAGE_KEY = 'connection'
const CHECK_EVERY_MS = 15_000

interface SavedConnection {
  readonly endpoint: string
  readonly token: string
  readonly allowRemote: boolean
}

let connecting: AbortController | undefined
/** The clients of the last connection, kept while the server is unreachable. */
const target = signal<{ readonly provider: LMStudioProvider; readonly watcher: LMStudioProvider } | undefined>(
  undefined,
)

/** Restores the saved connection and connects if that cannot open a permission prompt. */
export async function startConnection(): Promise<void> {
  const stored = await storage.get<unknown>(STORAGE_KEY)
  const saved = isSavedConnection(stored) ? stored : undefined
  const start = findStart(location, saved?.endpoint)
  batch(() => {
    isStarting.value = false
    if (start.connectsAutomatically) status.value = 'connecting'
    mockServer.value = start.mockServer
    endpoint.value = start.endpoint
    remember.value = saved !== undefined
    // Never send a token to another server than the one it was entered for.
    if (saved?.endpoint === start.endpoint) {
      token.value = saved.token
      allowRemote.value = saved.allowRemote
    }
  })
  watchServer()
  if (!start.connectsAutomatically) return
  await connect({ save: false })
  // The page opens ready to use, unless its address names a view.
  if (status.peek() === 'connected' && location.hash === '') go('chat')
}

/** Validates stored data: another version of this page may have written it. */
const isSavedConnection = (stored: unknown): stored is SavedConnection =>
  typeof stored === 'object' &&
  stored !== null &&
  'endpoint' in stored &&
  typeof stored.endpoint === 'string' &&
  'token' in stored &&
  typeof stored.token === 'string' &&
  'allowRemote' in stored &&
  typeof stored.allowRemote === 'boolean'

/**
 * Connects to the server in the form. Never rejects: `status`, `health` and `connectionError` hold the result. `save` is
 * false if the endpoint comes from a link, which must not replace the server that the user saved.
 */
export async function connect({ save = true }: { readonly save?: boolean } = {}): Promise<void> {
  connecting?.abort()
  const { signal } = (connecting = new AbortController())
  batch(() => {
    status.value = 'connecting'
    target.value = provider.value = health.value = connectionError.value = undefined
  })
  try {
    const isMockInPage = endpoint.peek().trim() === MOCK_ENDPOINT
    const fetch = isMockInPage ? (await getMock()).fetch : undefined
    const options: LMStudioOptions = {
      endpoint: endpoint.peek().trim(),
      ...(token.peek() === '' ? {} : { apiToken: token.peek() }),
      ...(allowRemote.peek() || isMockInPage ? { allowRemote: true } : {}),
      // The mock's models change with every page load, so they are not cached across loads.
      cache: datedCache(!isMockInPage),
    }
    const isTheMock = isMockInPage || endpoint.peek() === mockServer.peek()
    const clients = {
      provider: createLMStudio({ ...options, fetch: handOverModelList(record(fetch, { isMock: isTheMock })) }),
      watcher: createLMStudio({ ...options, fetch: record(fetch, { isMock: isTheMock, isBackground: true }) }),
    }
    const report = await clients.provider.healthCheck({ signal })
    target.value = clients
    applyReport(report, clients.provider)
    await saveConnection(save)
  } catch (error) {
    if (signal.aborted) return
    batch(() => {
      status.value = 'failed'
      connectionError.value = error
    })
  }
}

/** Repeats the health check without resetting the connection. */
export async function checkAgain(): Promise<void> {
  const clients = target.peek()
  if (clients === undefined) return connect()
  const report = await clients.watcher.healthCheck()
  if (target.peek() === clients) applyReport(report, clients.provider)
}

/** Finds a server on this machine and connects to it. Rejects if none is found. */
export async function discover(): Promise<void> {
  const found = await discoverServer({ fetch: record(undefined) })
  endpoint.value = found.endpoint
  await connect()
}

/** Connects to the mock inside this page. */
export async function useMock(): Promise<void> {
  batch(() => {
    endpoint.value = MOCK_ENDPOINT
    token.value = mock.peek()?.apiToken ?? ''
  })
  await connect()
}

/** Deletes the saved connection. */
export async function forgetConnection(): Promise<void> {
  remember.value = false
  await storage.delete(STORAGE_KEY)
}

function applyReport(report: HealthReport, client: LMStudioProvider): void {
  batch(() => {
    health.value = report
    checkedAt.value = new Date()
    status.value = STATUS[report.status]
    // A degraded server may still handle some calls.
    provider.value = report.status === 'unreachable' ? undefined : client
  })
}

/** Writes the endpoint to the page's URL, for reloading and sharing, and to the storage if the user chose that. */
async function saveConnection(save: boolean): Promise<void> {
  const connection: SavedConnection = {
    endpoint: endpoint.peek().trim(),
    token: token.peek(),
    allowRemote: allowRemote.peek(),
  }
  const url = new URL(location.href)
  url.searchParams.set('endpoint', connection.endpoint)
  if (connection.endpoint === mockServer.peek()) url.searchParams.set('mock', '')
  else url.searchParams.delete('mock')
  history.replaceState(null, '', url)
  if (!save) return
  if (remember.peek()) await storage.set(STORAGE_KEY, connection)
  else await storage.delete(STORAGE_KEY)
}

/** Keeps the status up to date while the page is visible. */
function watchServer(): void {
  const poll = (): void => {
    if (document.visibilityState === 'visible' && target.peek() !== undefined) void checkAgain()
  }
  let timer: ReturnType<typeof setInterval> | undefined
  effect(() => {
    clearInterval(timer)
    if (target.value !== undefined) timer = setInterval(poll, CHECK_EVERY_MS)
  })
  for (const event of ['online', 'offline']) addEventListener(event, poll)
  document.addEventListener('visibilitychange', poll)
}

/** Returns the connected client. Throws if there is none, for the view's error note to show. */
export function requireProvider(): LMStudioProvider {
  const client = provider.peek()
  if (client === undefined) throw new Error('Not connected. Open Connect first.')
  return client
}

/** The parts of an error that are shown. */
export interface ErrorDescription {
  readonly message: string
  readonly hint?: string
  readonly code?: string
}

/** Describes any thrown value. */
export function describeError(error: unknown): ErrorDescription {
  if (ProviderError.isInstance(error))
    return { message: error.message, hint: error.hint, code: `${error.name} · ${error.code}` }
  // A description that was stored earlier.
  if (typeof error === 'object' && error !== null && !(error instanceof Error) && 'message' in error)
    return error as ErrorDescription
  return { message: error instanceof Error ? error.message : String(error) }
}
