import { createLMStudio, memoryCache } from 'lmstudio-provider'
import { completionBody } from '../../integration/support/wire.js'
import { installVirtualClock } from './virtual-clock.js'

/** A server, and what happens to it. Times are in ms. */
export interface Scenario {
  readonly name: string
  readonly clients: number
  /** How long the clients take to arrive, evenly. */
  readonly arrivalMs: number
  /** How many requests the server answers at a time, and how long each takes. Others get a 503. */
  readonly capacity: number
  readonly serviceMs: number
  /** The `Retry-After` of the 503, in seconds. */
  readonly retryAfter?: number
  /** From when on requests are accepted and not answered. */
  readonly stallsAt?: number
  /** When the server dies, with all its connections, and when it listens again. */
  readonly diesAt?: number
  readonly returnsAt?: number
}

export interface CrowdReport {
  readonly name: string
  readonly clients: number
  /** Requests that reached the server or were refused by it. */
  readonly requests: number
  /** Requests of the client that sent the most. */
  readonly mostRequests: number
  /** Prompts that the server accepted more than once. */
  readonly repeatedPrompts: number
  readonly reads: number
  readonly failedReads: number
  readonly generations: number
  readonly failedGenerations: number
  /** Codes of the errors, with their counts. */
  readonly codes: Readonly<Record<string, number>>
  /** The most requests within 100 ms after the server has returned, or after the arrival. */
  readonly peakPer100Ms: number
  /** When the last call was over. */
  readonly durationMs: number
}

interface Held {
  readonly break: () => void
}

const LATENCY_MS = 1
const MODELS = { models: [{ type: 'llm', key: 'acme/tern-4b', loaded_instances: [] }] }

const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  Response.json(body, { status, headers })

function networkError(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })
}

/** A generator of numbers from 0 to 1 that gives the same ones each time (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Lets every client list the models and then complete a prompt, against one server. */
export async function simulateCrowd(scenario: Scenario): Promise<CrowdReport> {
  const { clients, arrivalMs, capacity, serviceMs, retryAfter, stallsAt, diesAt, returnsAt } = scenario
  const { random } = Math
  Math.random = createRandom(1)
  using clock = installVirtualClock()
  try {
    const times: number[] = []
    const perClient = new Map<number, number>()
    const accepted = new Map<string, number>()
    const held = new Set<Held>()
    let active = 0
    const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

    async function answer(path: string, prompt: string): Promise<Response> {
      const now = clock.now()
      if (diesAt !== undefined && now >= diesAt && now < returnsAt!) throw networkError('ECONNREFUSED')
      const isStalled = stallsAt !== undefined && now >= stallsAt && now < diesAt!
      if (!isStalled && active >= capacity) {
        return json({ error: 'busy' }, 503, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) })
      }
      if (prompt !== '') accepted.set(prompt, (accepted.get(prompt) ?? 0) + 1)
      let isBroken = false
      const broken = new Promise<never>((_, reject) => {
        const entry = {
          break() {
            isBroken = true
            reject(networkError('ECONNRESET'))
          },
        }
        held.add(entry)
        if (!isStalled) void pause(serviceMs).then(() => held.delete(entry))
      })
      if (isStalled) return broken
      active++
      try {
        await Promise.race([pause(serviceMs), broken])
      } finally {
        if (!isBroken) active--
      }
      return path === '/api/v1/models' ? json(MODELS) : json(completionBody(`You said: ${prompt}`))
    }
    if (diesAt !== undefined) {
      setTimeout(() => {
        active = 0
        for (const entry of held) entry.break()
        held.clear()
      }, diesAt)
    }

    const fetchFor =
      (client: number): typeof fetch =>
      async (input, init) => {
        times.push(clock.now())
        perClient.set(client, (perClient.get(client) ?? 0) + 1)
        const { pathname } = new URL(input instanceof Request ? input.url : input)
        const body = init?.body === undefined ? undefined : (JSON.parse(String(init.body)) as ChatBody)
        await pause(LATENCY_MS)
        return answer(pathname, body?.messages[0]!.content ?? '')
      }

    const outcomes = { reads: 0, failedReads: 0, generations: 0, failedGenerations: 0 }
    const codes: Record<string, number> = {}
    async function attempt(kind: 'reads' | 'generations', run: () => Promise<unknown>): Promise<void> {
      outcomes[kind]++
      try {
        await run()
      } catch (error) {
        outcomes[kind === 'reads' ? 'failedReads' : 'failedGenerations']++
        const { code = String(error) } = error as { readonly code?: string }
        codes[code] = (codes[code] ?? 0) + 1
      }
    }
    async function runClient(client: number): Promise<void> {
      await pause((client / clients) * arrivalMs)
      // Not on this machine, where a server that is off is reported within a second.
      const endpoint = 'http://gpu-box:1234'
      const lmstudio = createLMStudio({ endpoint, fetch: fetchFor(client), cache: memoryCache() })
      await attempt('reads', () => lmstudio.listModels())
      const prompt = `prompt of client ${client}`
      await attempt('generations', () => lmstudio.complete({ model: 'acme/tern-4b', prompt }))
    }
    await clock.run(Promise.all(Array.from({ length: clients }, (_, client) => runClient(client))))
    return {
      name: scenario.name,
      clients,
      requests: times.length,
      mostRequests: Math.max(...perClient.values()),
      repeatedPrompts: [...accepted.values()].filter((count) => count > 1).length,
      ...outcomes,
      codes,
      peakPer100Ms: peak(times.filter((time) => time > (returnsAt ?? arrivalMs + LATENCY_MS))),
      durationMs: clock.now(),
    }
  } finally {
    Math.random = random
  }
}

interface ChatBody {
  readonly messages: readonly { readonly content: string }[]
}

/** The most of these times within 100 ms. */
function peak(times: readonly number[]): number {
  let start = 0
  return times.reduce((most, time, index) => {
    while (times[start]! <= time - 100) start++
    return Math.max(most, index - start + 1)
  }, 0)
}
