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
import { getMock, mock, MOCK_ENDPOINT } from './mock.js'
import { record } from './recorder.js'
import { DEFAULT_ENDPOINT, findStart } from './start.js'
import { storage } from './storage.js'

/**
 * `idle`: nothing tried yet. `limited`: it answers, but something keeps it from being used. `failed`: the address itself
 * is wrong, so that nobody was asked.
 */
export type Status = 'idle' | 'connecting' | 'connected' | 'limited' | 'unreachable' | 'failed'

/** What the form says. */
export const endpoint = signal(DEFAULT_ENDPOINT)
export const token = signal('')
export const allowRemote = signal(false)
/** Whether endpoint and token are kept in this browser. */
export const remember = signal(false)

export const status = signal<Status>('idle')
/** For every call of every view. `undefined` while there is nothing to talk to. */
export const provider = signal<LMStudioProvider | undefined>(undefined)
export const health = signal<HealthReport | undefined>(undefined)
/** When `health` was last asked for. */
export const checkedAt = signal<Date | undefined>(undefined)
/** An error that kept even the health check from being made: a wrong address, say. */
export const problem = signal<unknown>(undefined)

const mockServer = signal<string | undefined>(undefined)
/** The kind of mock that is connected: the one in this page, or a server that `npm start` has started. */
export const isMock: ReadonlySignal<'page' | 'server' | false> = computed(() => {
  const at = provider.value?.endpoint ?? endpoint.value
  if (at === MOCK_ENDPOINT) return 'page'
  return at === mockServer.value && 'server'
})

const STATUS = { healthy: 'connected', degraded: 'limited', unreachable: 'unreachable' } as const
const SETTINGS = 'connection'
const CHECK_EVERY_MS = 15_000

interface Remembered {
  readonly endpoint: string
  readonly token: string
  readonly allowRemote: boolean
}

let connecting: AbortController | undefined
/** What the last connection was made with, also while the server is away. */
const target = signal<{ readonly provider: LMStudioProvider; readonly watcher: LMStudioProvider } | undefined>(
  undefined,
)

/** Reads what was remembered, and connects where that bothers nobody. */
export async function startConnection(): Promise<void> {
  const kept = await storage.get<unknown>(SETTINGS)
  const known = isRemembered(kept) ? kept : undefined
  const start = findStart(location, known?.endpoint)
  batch(() => {
    mockServer.value = start.mockServer
    endpoint.value = start.endpoint
    remember.value = known !== undefined
    // A token is meant for the server it was entered for.
    if (known?.endpoint === start.endpoint) {
      token.value = known.token
      allowRemote.value = known.allowRemote
    }
  })
  watchServer()
  if (start.connectsAtOnce) await connect({ keeps: false })
}

/** What an older page, or a broken one, has kept may be anything. */
const isRemembered = (kept: unknown): kept is Remembered =>
  typeof kept === 'object' &&
  kept !== null &&
  'endpoint' in kept &&
  typeof kept.endpoint === 'string' &&
  'token' in kept &&
  typeof kept.token === 'string' &&
  'allowRemote' in kept &&
  typeof kept.allowRemote === 'boolean'

/**
 * Connects to what the form says. Never rejects: `status`, `health` and `problem` say how it went. A link must not replace
 * the server that a person had remembered: `keeps` is only for what that person asked for.
 */
export async function connect({ keeps = true }: { readonly keeps?: boolean } = {}): Promise<void> {
  connecting?.abort()
  const { signal } = (connecting = new AbortController())
  batch(() => {
    status.value = 'connecting'
    target.value = provider.value = health.value = problem.value = undefined
  })
  try {
    const isMockInPage = endpoint.peek().trim() === MOCK_ENDPOINT
    const fetch = isMockInPage ? (await getMock()).fetch : undefined
    const options: LMStudioOptions = {
      endpoint: endpoint.peek().trim(),
      ...(token.peek() === '' ? {} : { apiToken: token.peek() }),
      ...(allowRemote.peek() || isMockInPage ? { allowRemote: true } : {}),
      // What the mock has today must not come from the cache of yesterday.
      cache: datedCache(!isMockInPage),
    }
    const isTheMock = isMockInPage || endpoint.peek() === mockServer.peek()
    const made = {
      provider: createLMStudio({ ...options, fetch: record(fetch, { isMock: isTheMock }) }),
      watcher: createLMStudio({ ...options, fetch: record(fetch, { isMock: isTheMock, isBackground: true }) }),
    }
    const report = await made.provider.healthCheck({ signal })
    target.value = made
    show(report, made.provider)
    await settle(keeps)
  } catch (error) {
    if (signal.aborted) return
    batch(() => {
      status.value = 'failed'
      problem.value = error
    })
  }
}

/** Looks again, without taking away what is there. */
export async function checkAgain(): Promise<void> {
  const to = target.peek()
  if (to === undefined) return connect()
  const report = await to.watcher.healthCheck()
  if (target.peek() === to) show(report, to.provider)
}

/** Finds a server of this machine, and connects to it. Rejects where there is none. */
export async function discover(): Promise<void> {
  const found = await discoverServer({ fetch: record(undefined) })
  endpoint.value = found.endpoint
  await connect()
}

/** Connects to the mock in this page. */
export async function useMock(): Promise<void> {
  batch(() => {
    endpoint.value = MOCK_ENDPOINT
    token.value = mock.peek()?.apiToken ?? ''
  })
  await connect()
}

/** Forgets what was kept in this browser. */
export async function forget(): Promise<void> {
  remember.value = false
  await storage.delete(SETTINGS)
}

function show(report: HealthReport, from: LMStudioProvider): void {
  batch(() => {
    health.value = report
    checkedAt.value = new Date()
    status.value = STATUS[report.status]
    // A server that answers at all may be usable for some things.
    provider.value = report.status === 'unreachable' ? undefined : from
  })
}

/** Remembers the address: in the page's own, so that it can be reloaded and shared, and in the browser where wanted. */
async function settle(keeps: boolean): Promise<void> {
  const now: Remembered = { endpoint: endpoint.peek().trim(), token: token.peek(), allowRemote: allowRemote.peek() }
  const url = new URL(location.href)
  url.searchParams.set('endpoint', now.endpoint)
  if (now.endpoint === mockServer.peek()) url.searchParams.set('mock', '')
  else url.searchParams.delete('mock')
  history.replaceState(null, '', url)
  if (!keeps) return
  if (remember.peek()) await storage.set(SETTINGS, now)
  else await storage.delete(SETTINGS)
}

/** Keeps the status true while somebody looks. */
function watchServer(): void {
  const look = (): void => {
    if (document.visibilityState === 'visible' && target.peek() !== undefined) void checkAgain()
  }
  let timer: ReturnType<typeof setInterval> | undefined
  effect(() => {
    clearInterval(timer)
    if (target.value !== undefined) timer = setInterval(look, CHECK_EVERY_MS)
  })
  for (const event of ['online', 'offline']) addEventListener(event, look)
  document.addEventListener('visibilitychange', look)
}

/** For a view that needs a server: throws where there is none, which its error note shows. */
export function requireProvider(): LMStudioProvider {
  const there = provider.peek()
  if (there === undefined) throw new Error('Not connected: open Connect first.')
  return there
}

/** What is said of an error. */
export interface Told {
  readonly message: string
  readonly hint?: string
  readonly code?: string
}

/** The message and next step of whatever was thrown. */
export function tell(error: unknown): Told {
  if (ProviderError.isInstance(error))
    return { message: error.message, hint: error.hint, code: `${error.name} · ${error.code}` }
  // What was told before, and kept.
  if (typeof error === 'object' && error !== null && !(error instanceof Error) && 'message' in error)
    return error as Told
  return { message: error instanceof Error ? error.message : String(error) }
}
