import type { JSONObject } from './json-values.js'
import { nativeError } from './wire-errors.js'
import { Refusal, json } from './wire-reply.js'

/** Refuses as the native routes do. */
export function refuseNative(message: string, code: string | null, param: string | null = null, status = 400): never {
  throw new Refusal(json(nativeError(message, code, param), status))
}

/** Refuses with one of the native error types in place of `invalid_request`. */
export function refuseNativeType(type: string, message: string, param: string, status: number): never {
  throw new Refusal(json(nativeError(message, null, param, type), status))
}

/** Native bodies are strict: a key nobody asked for is an error. */
export function refuseUnknownKeys(body: JSONObject, known: ReadonlySet<string>): void {
  const unknown = Object.keys(body).filter((key) => !known.has(key))
  if (unknown.length === 0) return
  const listed = unknown.map((key) => `'${key}'`).join(', ')
  refuseNative(`Unrecognized key(s) in object: ${listed}`, 'unrecognized_keys')
}
