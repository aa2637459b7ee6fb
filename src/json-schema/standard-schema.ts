import type { Issue } from '../errors/errors.js'
import type { JSONSchema } from '../types.js'
import { isObject } from '../utils/json.js'
import { checkJSON } from './validate-json-schema.js'

// Standard Schema and Standard JSON Schema, version 1, copied as https://standardschema.dev invites: types only, so that
// a schema of any library fits without a dependency on any.

/** A schema of any library that follows Standard Schema v1, e.g. valibot, zod, arktype. */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    /** The library's name. */
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    /** Never there when the program runs. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
    /** Standard JSON Schema: how the library says it in JSON Schema. */
    readonly jsonSchema?: StandardJSONSchemaConverter | undefined
  }
}

/** What a Standard Schema says about a value. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/** One thing wrong with a value, as Standard Schema has it. */
export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** The part of Standard JSON Schema v1 that gives JSON Schema. */
export interface StandardJSONSchemaConverter {
  readonly input: (options: { readonly target: string }) => Record<string, unknown>
  readonly output: (options: { readonly target: string }) => Record<string, unknown>
}

/**
 * What a value must be: a schema of any library that follows Standard Schema, or plain JSON Schema. `T` is the value
 * after validation; plain JSON Schema says nothing to the compiler, so there it is `unknown` unless given.
 */
export type Schema<T = unknown> = StandardSchemaV1<unknown, T> | JSONSchema

/** The value that a schema gives after validation; `unknown` for plain JSON Schema. */
export type InferSchema<S> = S extends { readonly '~standard': { readonly types?: infer Types } }
  ? NonNullable<Types> extends { readonly output: infer Output }
    ? Output
    : unknown
  : unknown

/** Whether this is a schema of a library. Those of arktype are functions. */
export function isStandard<T>(schema: Schema<T>): schema is StandardSchemaV1<unknown, T> {
  if (!isObject(schema) && typeof schema !== 'function') return false
  const standard = (schema as Partial<StandardSchemaV1<unknown, T>>)['~standard']
  return isObject(standard) && typeof standard['validate'] === 'function'
}

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
