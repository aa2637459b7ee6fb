import type { JSONObject } from '../json-values.js'
import { throwNativeError } from '../replies/errors.js'

/** Rejects keys that a native route does not know: their bodies are strict (docs/http-api.md 7.1). */
export function rejectUnknownKeys(body: JSONObject, known: readonly string[]): void {
  const unknown = Object.keys(body).filter((key) => !known.includes(key))
  if (unknown.length === 0) return
  const list = unknown.map((key) => `'${key}'`).join(', ')
  throwNativeError(`Unrecognized key(s) in object: ${list}`, 'unrecognized_keys')
}
