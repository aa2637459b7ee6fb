import type { JSONSchema } from './messages.js'

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
