import { createLMStudio, memoryCache, type LMStudioOptions } from 'lmstudio-provider'
import { getEventListeners } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { type Cell, seeded } from './cells.js'
import { sendHealthy } from './faults.js'
import { closedPort } from '../helpers/closed-port.js'
import { startFaultServer } from './fault-server.js'
import { DELTAS, healthyReply } from './healthy-replies.js'
import { HINT_PARTS } from './hints.js'
import { type Leftovers, track } from './leftovers.js'

/** A limit that no cell reaches, and one that it reaches soon. */
const LONG_MS = 600_000
const SHORT_MS = 500
/** What a cell that hangs has taken, in ms: far more than any limit that it may reach. */
const WATCHDOG_MS = 120_000
/** How long connections, timers and listeners may stay, in ms: a complete response is drained for a moment. */
const CLEANUP_MS = 30_000
const MAX_RETRIES = 1
// An address of a private network, where failures are retried however long the first attempt took. A loopback address is
// given up after 700 ms, which a busy machine can spend on the first attempt.
const PRIVATE_URL = 'http://192.168.7.7'
/** The reason of the caller's abort. */
const REASON = new Error('the caller has left')

export interface CellResult {
  readonly cell: Cell
  readonly outcome: string
  /** One sentence for each promise that was not kept. */
  readonly problems: readonly string[]
  /** Whether the machine was too slow for the fault to take place within a short limit. */
  readonly isLate: boolean
}

/**
 * Runs a cell.
 *
 * @param patience - how much longer than usual the short limits are
 */
export async function runCell(cell: Cell, patience = 1): Promise<CellResult> {
  const shortMs = SHORT_MS * patience
  const { call, position, fault, times, abort } = cell
  const kind = call.requests[position]!
  const isGeneration = kind === 'whole' || kind === 'stream'
  /** Whether the limits before the first byte and between two events apply. */
  const hasPhases = isGeneration || kind === 'change'
  const problems: string[] = []
  const leftovers: Leftovers = { timers: new Set() }
  const controller = new AbortController()
  let text = ''
  let expectedText = ''
  let faultedRequest = ''
  let faulted = 0
  let isReached = fault.refuses === true
  let hasRetried = false

  const reach = (): void => {
    isReached = true
    if (abort?.when === 'fault') void setTimeout(abort.afterMs).then(() => controller.abort(REASON))
  }
  const isOnly = times === 'once' || kind === 'greeting' || kind === 'lookup'
  const isFaulty = (index: number): boolean => (isOnly ? index === position : index >= position)
  let index = 0
  const random = seeded(cell.seed)
  const other = await startFaultServer({ respond: async ({ isClosed }) => void isClosed })
  const server = await startFaultServer({
    // Requests before the fault use connections of their own, so that both have the same number.
    connect: (wire, number) => {
      if (fault.connect === undefined || !isFaulty(number)) return undefined
      faulted++
      reach()
      return fault.connect(wire)
    },
    async respond(wire, request) {
      const reply = healthyReply(request)
      const number = index++
      if (fault.respond === undefined || !isFaulty(number)) {
        await sendHealthy(wire, reply, { connection: 'close' })
        return
      }
      faultedRequest ||= request.path
      if (request.path === faultedRequest) faulted++
      reach()
      await fault.respond({
        wire,
        reply,
        otherURL: other.url,
        random,
        onText: (sent) => (expectedText = sent),
        untilSeen: (sent) => until(() => text === sent),
      })
    },
  })
  const url = fault.refuses === true && position === 0 ? `http://127.0.0.1:${await closedPort()}` : server.url

  const isShort = abort === undefined && fault.shortLimit !== undefined
  const options: LMStudioOptions = {
    ...(times === 'once' ? { endpoint: PRIVATE_URL, fetch: fetchVia(url) } : { endpoint: url }),
    cache: memoryCache(),
    maxRetries: MAX_RETRIES,
    timeout: isShort && !isGeneration ? shortMs : LONG_MS,
    generationTimeout: isShort && hasPhases && fault.shortLimit !== 'idle' ? shortMs : LONG_MS,
    idleTimeout: isShort && hasPhases && fault.shortLimit !== 'first-byte' ? shortMs : LONG_MS,
    logger: ({ type }) => {
      if (type === 'retry') hasRetried = true
    },
  }
  const { signal } = controller
  const watchdog = new AbortController()
  const running = track(leftovers, async () => {
    if (abort?.when === 'start') void setTimeout(abort.afterMs).then(() => controller.abort(REASON))
    return call.run({
      lmstudio: createLMStudio(options),
      url,
      fetch: fetchOf(url),
      options: { signal },
      timeout: options.timeout!,
      onText: (delta) => (text += delta),
    })
  }).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  const ended = await Promise.race([
    running,
    setTimeout(WATCHDOG_MS, undefined, { signal: watchdog.signal }).catch(() => undefined),
  ])
  watchdog.abort()
  const outcome = ended === undefined ? 'hangs' : 'error' in ended ? describe(ended.error) : resultOf(cell, ended.value)
  if (!cell.expected.includes(outcome)) problems.push(`ended with ${outcome}`)
  if (ended !== undefined && 'error' in ended && ended.error !== REASON) {
    const { hint, code, partial } = ended.error as { hint?: unknown; code?: string; partial?: { text?: unknown } }
    const part = call.hints?.[code ?? ''] ?? HINT_PARTS[code ?? '']
    const isRight = typeof part === 'string' ? String(hint).includes(part) : part?.test(String(hint)) === true
    if (!isRight) problems.push(`has the hint ${hint}`)
    if (fault.partsSeen === true && kind === 'stream' && call.crossesWire !== true) {
      if (fault.isReported === true && call.throwsLate === true) expectedText = DELTAS.join('')
      if (partial?.text !== expectedText)
        problems.push(`has the partial text ${partial?.text} instead of ${expectedText}`)
      if (call.hasText !== false && text !== expectedText) problems.push(`emitted ${text} instead of ${expectedText}`)
    }
    const kept = call.kept?.[position]
    if (kept !== undefined && !kept(ended.error)) problems.push('has lost what earlier requests returned')
  }

  if (outcome === 'ok') {
    const okText = fault.okText ?? DELTAS.join('')
    const whole = (ended as { value?: { text?: unknown } }).value?.text
    if (kind === 'stream' && call.hasText !== false && text !== okText) problems.push(`emitted ${text}`)
    if (kind === 'whole' && call.returnsText === true && whole !== okText) problems.push(`returned ${String(whole)}`)
  }

  // Whether the fault took place: a busy machine can take longer for the requests before it than a short limit.
  const isLate = outcome !== 'hangs' && !isReached && abort?.when !== 'start'
  const mayRepeat = fault.retried?.includes(kind) === true || fault.triesOtherPaths === true
  if (isGeneration && !mayRepeat && faulted > 1 && outcome !== 'ok')
    problems.push(`sent the generation ${faulted} times`)
  if (times === 'once' && !hasRetried) problems.push('did not retry')
  if (other.connections > 0) problems.push('followed the redirect')

  await until(() => server.busy === 0)
  if (server.busy > 0) problems.push(`left ${server.busy} connections open`)
  await until(() => leftovers.timers.size === 0)
  if (leftovers.timers.size > 0) problems.push(`left ${leftovers.timers.size} timers`)
  const listeners = getEventListeners(signal, 'abort').length
  if (listeners > 0) problems.push(`left ${listeners} listeners`)
  await Promise.all([server.close(), other.close()])
  return { cell, outcome, problems, isLate }
}

/** A fetch that reaches only the server of the cell: `discover` also tries the default port. */
const fetchOf =
  (url: string): typeof globalThis.fetch =>
  (input, init) =>
    String(input).startsWith(`${url}/`)
      ? fetch(input, init)
      : Promise.reject(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }))

/** A fetch that reaches the server of the cell under {@link PRIVATE_URL}. */
const fetchVia =
  (url: string): typeof globalThis.fetch =>
  (input, init) =>
    fetch(String(input).replace(PRIVATE_URL, url), init)

function describe(error: unknown): string {
  if (error === REASON) return 'reason'
  const { name, code, hint } = error as { name?: unknown; code?: unknown; hint?: unknown }
  return typeof code === 'string' && typeof hint === 'string'
    ? `${String(name)} ${code}`
    : `a foreign error: ${String(error)}`
}

interface Report {
  readonly status?: string
  readonly code?: string
  readonly diagnosis?: { readonly code: string }
}

function resultOf({ call }: Cell, value: unknown): string {
  const { status, code, diagnosis } = (value ?? {}) as Report
  if (call.reports === 'health') return `${status} ${diagnosis?.code ?? 'ok'}`
  if (call.reports === 'diagnosis') return String(code)
  return 'ok'
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + CLEANUP_MS; !condition() && performance.now() < end;) await setTimeout(2)
}
