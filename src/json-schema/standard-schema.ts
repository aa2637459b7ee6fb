import type { Issue } from '../errors/errors.js'
import type { JSONSchema } from '../types.js'
import { isObject } from '../utils/json.js'
import { withLimit } from '../utils/limit.js'
import { validateJSONSchema } from './validate-json-schema.js'

// The interfaces of Standard Schema v1 and Standard JSON Schema v1, copied as https://standardschema.dev recommends, so
// that schemas of any library are accepted without a dependency on one.

/** A schema of any library that implements Standard Schema v1, such as valibot, zod or arktype. */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    /** Name of the library. */
    readonly vendor: string
    /** Returns the value, which the schema may change, or the issues that make it invalid. */
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    /** Exists for the compiler only, never at run time. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
    /** Converts the schema to JSON Schema, in libraries that implement Standard JSON Schema. */
    readonly jsonSchema?: StandardJSONSchemaConverter | undefined
  }
}

/** The result of validating a value with a Standard Schema. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/** One validation issue, in the form that Standard Schema defines. */
export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** The converter that Standard JSON Schema v1 defines. */
export interface StandardJSONSchemaConverter {
  readonly input: (options: { readonly target: string }) => Record<string, unknown>
  readonly output: (options: { readonly target: string }) => Record<string, unknown>
}

/**
 * A schema of any library that implements Standard Schema, or plain JSON Schema. `T` is the type of the validated value;
 * the compiler cannot infer it from plain JSON Schema, where it is `unknown` unless you give it.
 */
export type Schema<T = unknown> = StandardSchemaV1<unknown, T> | JSONSchema

/** The type of a value validated with the schema `S`; `unknown` for plain JSON Schema. */
export type InferSchema<S> = S extends { readonly '~standard': { readonly types?: infer Types } }
  ? NonNullable<Types> extends { readonly output: infer Output }
    ? Output
    : unknown
  : unknown

/** Whether a schema belongs to a library. The schemas of arktype are functions. */
export function isStandardSchema<T>(schema: Schema<T>): schema is StandardSchemaV1<unknown, T> {
  if (!isObject(schema) && typeof schema !== 'function') return false
  const standard = (schema as Partial<StandardSchemaV1<unknown, T>>)['~standard']
  return isObject(standard) && typeof standard['validate'] === 'function'
}

/** The validated value, or the issues that make it invalid. */
export type Validation<T> = { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly Issue[] }

// Longer than a validation that queries a database takes. A schema that never settles must not block the call forever.
const MAX_VALIDATION_MS = 60_000

/**
 * Validates a value. A schema of a library validates with the library itself, which may change the value (defaults,
 * transforms); plain JSON Schema leaves it unchanged.
 *
 * @throws {@link InvalidRequestError} the plain JSON Schema is itself invalid
 * @throws what the schema throws, the reason of the signal, or an `Error` if the validation takes longer than 60 seconds
 */
export async function validateValue<T>(
  schema: Schema<T>,
  value: unknown,
  signal?: AbortSignal,
): Promise<Validation<T>> {
  try {
    return await runValidation(schema, value, signal)
  } catch (error) {
    // A deeply nested value overflows the stack of any recursive validator. Engines have no error class for it.
    if (!/call stack|too much recursion/i.test(String((error as Error | null)?.message))) throw error
    return { issues: [{ path: [], message: 'is nested too deeply to be validated' }] }
  }
}

async function runValidation<T>(
  schema: Schema<T>,
  value: unknown,
  signal: AbortSignal | undefined,
): Promise<Validation<T>> {
  if (!isStandardSchema(schema)) {
    const issues = validateJSONSchema(schema as JSONSchema, value)
    return issues.length > 0 ? { issues } : { value: value as T }
  }
  const pending = schema['~standard'].validate(value)
  const result = isPromise(pending) ? await withLimit(pending, { ms: MAX_VALIDATION_MS, signal, onExpired }) : pending
  return result.issues === undefined ? { value: result.value as T } : { issues: result.issues.map(toIssue) }
}

const onExpired = (): never => {
  throw new Error(`The schema did not finish validating within ${MAX_VALIDATION_MS / 1000} seconds.`)
}

const isPromise = <T>(value: T | Promise<T>): value is Promise<T> =>
  typeof (Object(value) as Partial<Promise<T>>).then === 'function'

const toIssue = ({ message, path = [] }: StandardIssue): Issue => ({
  // Array.from instead of path.map: arktype's paths are a subclass of Array, and `map` would create another one.
  path: Array.from(path, (segment) => toPathKey(typeof segment === 'object' ? segment.key : segment)),
  message,
})

const toPathKey = (key: PropertyKey): string | number => (typeof key === 'symbol' ? String(key) : key)
