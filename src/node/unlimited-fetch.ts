type Dispatcher = Readonly<Record<PropertyKey, unknown>>
type AgentClass = new (options?: { readonly headersTimeout: number; readonly bodyTimeout: number }) => Dispatcher

let lastSeen: unknown
let unlimited: Dispatcher | undefined

/**
 * The platform's `fetch` without its own limit of 300 seconds for the first byte and between two chunks. A long prompt or a
 * model that loads exceeds that limit. The provider's limits apply instead.
 *
 * @remarks
 * In Node, `fetch` is undici, and the limits belong to its dispatcher. A dispatcher without limits is created from the class
 * of the current one, so that no second copy of undici is needed. A dispatcher that the program has set (a proxy,
 * certificates, interceptors, a mock) is used as it is, including its limits. In Bun the limit is an option of `fetch`.
 * Deno has no limit.
 */
export const unlimitedFetch: typeof globalThis.fetch = (input, init) => {
  // Looked up for every call, so that patches take effect.
  const { fetch } = globalThis
  if (process.versions['bun'] !== undefined) return fetch(input, { ...init, timeout: false } as RequestInit)
  const dispatcher = unlimitedDispatcher()
  return fetch(input, dispatcher === undefined ? init : ({ ...init, dispatcher } as RequestInit))
}

/** Returns one dispatcher for the process, created at the first call; `undefined` if a program has set its own. */
function unlimitedDispatcher(): Dispatcher | undefined {
  // Reading `Headers` loads undici, which sets its dispatcher.
  void globalThis.Headers
  const current = (globalThis as unknown as Dispatcher)[dispatcherKey()] as Dispatcher | undefined
  if (current !== lastSeen) {
    lastSeen = current
    unlimited = createUnlimited(current)
  }
  return unlimited
}

/** Undici 8 changed the interface of dispatchers and stores its own under another symbol. */
function dispatcherKey(): symbol {
  const version = Number.parseInt(process.versions['undici'] ?? '', 10) >= 8 ? 2 : 1
  return Symbol.for(`undici.globalDispatcher.${version}`)
}

function createUnlimited(current: Dispatcher | undefined): Dispatcher | undefined {
  if (current?.constructor?.name !== 'Agent') return undefined
  const Agent = current.constructor as unknown as AgentClass
  return isUnmodified(current, new Agent()) ? new Agent({ headersTimeout: 0, bodyTimeout: 0 }) : undefined
}

/** Tests whether an agent is the platform's own: an agent with options or interceptors has the same class. */
function isUnmodified(agent: Dispatcher, pristine: Dispatcher): boolean {
  const actual = internalState(agent, 'options')
  const expected = internalState(pristine, 'options')
  const keys = new Set([...Object.keys(actual), ...Object.keys(expected)])
  return (
    [...keys].every((key) => Object.is(actual[key], expected[key])) &&
    agent['dispatch'] === pristine['dispatch'] &&
    internalState(agent, 'factory') === internalState(pristine, 'factory')
  )
}

const NOTHING: Dispatcher = {}

/** Returns what undici stores under a private symbol; an empty object for a version that stores it elsewhere. */
function internalState(agent: Dispatcher, name: string): Dispatcher {
  const symbol = Object.getOwnPropertySymbols(agent).find(({ description }) => description === name)
  return symbol === undefined ? NOTHING : ((agent[symbol] as Dispatcher | undefined) ?? NOTHING)
}
