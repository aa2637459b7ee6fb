type Dispatcher = Readonly<Record<PropertyKey, unknown>>
type AgentClass = new (options?: { readonly headersTimeout: number; readonly bodyTimeout: number }) => Dispatcher

let seen: unknown
let unlimited: Dispatcher | undefined

/**
 * The platform's `fetch` without its own limit of 300 seconds for the first byte and between two pieces, which a long
 * prompt or a model that loads exceeds; the provider's limits hold instead.
 *
 * @remarks
 * In Node `fetch` is undici, whose limits belong to its dispatcher. One with other limits is made from the class of the
 * one in use, so that no second copy of undici is needed. A dispatcher the program has set (a proxy, certificates,
 * interceptors, a mock) is left alone, limits and all. On Bun the limit is an option of `fetch`; Deno has none.
 */
export const unlimitedFetch: typeof globalThis.fetch = (input, init) => {
  // Looked up late, so that patches work.
  const { fetch } = globalThis
  if (process.versions['bun'] !== undefined) return fetch(input, { ...init, timeout: false } as RequestInit)
  const dispatcher = unlimitedDispatcher()
  return fetch(input, dispatcher === undefined ? init : ({ ...init, dispatcher } as RequestInit))
}

/** One for the process, made when it is first needed; `undefined` while the dispatcher in use is not the platform's. */
function unlimitedDispatcher(): Dispatcher | undefined {
  // Asking for `Headers` loads undici, which sets its dispatcher.
  void globalThis.Headers
  const current = (globalThis as unknown as Dispatcher)[dispatcherKey()] as Dispatcher | undefined
  if (current !== seen) {
    seen = current
    unlimited = makeUnlimited(current)
  }
  return unlimited
}

/** Undici 8 changed what a dispatcher is, and keeps its own under another name; Node has one or the other inside. */
function dispatcherKey(): symbol {
  const version = Number.parseInt(process.versions['undici'] ?? '', 10) >= 8 ? 2 : 1
  return Symbol.for(`undici.globalDispatcher.${version}`)
}

function makeUnlimited(current: Dispatcher | undefined): Dispatcher | undefined {
  if (current?.constructor?.name !== 'Agent') return undefined
  const Agent = current.constructor as unknown as AgentClass
  return isAsMade(current, new Agent()) ? new Agent({ headersTimeout: 0, bodyTimeout: 0 }) : undefined
}

/** Whether an agent is as the platform makes it: one with options or interceptors has the same class. */
function isAsMade(agent: Dispatcher, pristine: Dispatcher): boolean {
  const given = internal(agent, 'options')
  const usual = internal(pristine, 'options')
  const keys = new Set([...Object.keys(given), ...Object.keys(usual)])
  return (
    [...keys].every((key) => Object.is(given[key], usual[key])) &&
    agent['dispatch'] === pristine['dispatch'] &&
    internal(agent, 'factory') === internal(pristine, 'factory')
  )
}

const NOTHING: Dispatcher = {}

/** What undici keeps under a symbol of its own; nothing in a version that keeps it elsewhere. */
function internal(agent: Dispatcher, name: string): Dispatcher {
  const symbol = Object.getOwnPropertySymbols(agent).find(({ description }) => description === name)
  return symbol === undefined ? NOTHING : ((agent[symbol] as Dispatcher | undefined) ?? NOTHING)
}
