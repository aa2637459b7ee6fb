import type { Issue } from '../errors/request-errors.js'
import type { JSONSchema } from '../types/messages.js'
import type { Schema, StandardIssue } from '../types/standard-schema.js'
import { checkJSON } from './check-json.js'
import { isStandard } from './is-standard.js'

/** A value that fits, as its schema gives it back; or what is wrong with it. */
export type Validation<T> = { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly Issue[] }

/**
 * Checks a value: with the library's own validation, which may change it (defaults, transforms), or against plain JSON
 * Schema, which may not.
 *
 * @throws {@link InvalidRequestError} the plain JSON Schema itself is wrong
 */
export async function validate<T>(schema: Schema<T>, value: unknown): Promise<Validation<T>> {
  try {
    return await run(schema, value)
  } catch (error) {
    // Whoever checks it: engines have no class of their own for it.
    if (!/call stack|too much recursion/i.test(String((error as Error | null)?.message))) throw error
    return { issues: [{ path: [], message: 'is nested too deep to be checked' }] }
  }
}

async function run<T>(schema: Schema<T>, value: unknown): Promise<Validation<T>> {
  if (!isStandard(schema)) {
    const issues = checkJSON(schema as JSONSchema, value)
    return issues.length > 0 ? { issues } : { value: value as T }
  }
  const result = await schema['~standard'].validate(value)
  return result.issues === undefined ? { value: result.value as T } : { issues: result.issues.map(toIssue) }
}

const toIssue = ({ message, path = [] }: StandardIssue): Issue => ({
  // Not with `map`, which would give a library's own kind of array back.
  path: Array.from(path, (part) => toKey(typeof part === 'object' ? part.key : part)),
  message,
})

const toKey = (key: PropertyKey): string | number => (typeof key === 'symbol' ? String(key) : key)
