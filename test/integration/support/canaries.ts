import { inspect } from 'node:util'

/** Secrets that may only appear in a request. */
export const TOKEN = 'sk-lm-CANARY01:CANARYtokenCANARYtok'
export const PLAIN_TOKEN = 'canary-plain-token-4711'
export const PROMPT = 'canary prompt: my secret plan'
export const HEADER = 'canary-proxy-key-0815'
export const IMAGE_BYTES = 'Q0FOQVJZaW1hZ2VDQU5BUllpbWFnZQ'
const SECRETS = [TOKEN, TOKEN.split(':')[1]!, PLAIN_TOKEN, PROMPT, HEADER, IMAGE_BYTES]

/** Every string that can be reached from a value, hidden properties and getters included. */
function texts(value: unknown, skip: ReadonlySet<string>, seen = new Set<unknown>(), path = ''): string[] {
  if (typeof value === 'string') return [`${path}: ${value}`]
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return []
  seen.add(value)
  if (value instanceof Headers || value instanceof Map) {
    return [...value.entries()].map(([key, inner]) => `${path}.${String(key)}: ${String(inner)}`)
  }
  return Reflect.ownKeys(value).flatMap((key) => {
    if (typeof key === 'string' && skip.has(key)) return []
    try {
      return texts((value as Record<PropertyKey, unknown>)[key], skip, seen, `${path}.${String(key)}`)
    } catch {
      return []
    }
  })
}

/** Where a secret appears in a value, its printed form or its JSON. `partial` is excluded: it is the response itself. */
export function leaks(value: unknown): string[] {
  const found = texts(value, new Set(['partial', 'stack']))
  found.push(`print: ${inspect(value, { depth: 10 })}`)
  found.push(`json: ${JSON.stringify(value) ?? ''}`)
  if (value instanceof Error) found.push(`text: ${String(value)}`, `stack: ${value.stack ?? ''}`)
  return found.filter((text) => SECRETS.some((secret) => text.includes(secret))).map((text) => text.slice(0, 300))
}
