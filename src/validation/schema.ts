import * as v from 'valibot'
import { isObject } from '../utils/json.js'

/** A value that a server may also leave out or send as `null`. */
export type Nullish<T> = T | null | undefined

/** A schema for every field of `T`: `{ … } satisfies EntriesOf<T>` compiles only without a missing or misspelt field. */
export type EntriesOf<T> = { readonly [Key in keyof T]-?: v.GenericSchema }

// Fields that several schemas share. `custom` and `lazy` stand in for valibot's `union`, `variant`, `picklist`, `pipe`
// and `check`: they say in one message what is expected, and leave a fifth of valibot out of the bundle.

/** An optional field that passes when it is absent or `is` says so. */
export function optional<T>(is: (value: unknown) => boolean, message: string): v.GenericSchema<T | undefined> {
  return v.optional(v.custom<T>(is, message))
}

/** A text with something in it. */
export const name: v.GenericSchema<string> = v.custom<string>(
  (value) => typeof value === 'string' && value.trim() !== '',
  'must be a text that is not empty',
)

/** One of these words. */
export function oneOf<const T extends string>(words: readonly T[]): v.GenericSchema<T> {
  return v.custom<T>((value) => words.includes(value as T), `must be one of: ${words.join(', ')}`)
}

/** An optional number within bounds; `Infinity` as a bound is none. */
export function range(min: number, max: number, unit = 'number'): v.GenericSchema<number | undefined> {
  return bounded(Number.isFinite, min, max, `must be a ${unit}`)
}

/** An optional whole number within bounds. */
export function whole(min: number, max: number = Infinity): v.GenericSchema<number | undefined> {
  return bounded(Number.isSafeInteger, min, max, 'must be a whole number')
}

function bounded(
  is: (value: unknown) => boolean,
  min: number,
  max: number,
  what: string,
): v.GenericSchema<number | undefined> {
  const bounds = max !== Infinity ? ` from ${min} to ${max}` : min === -Infinity ? '' : ` from ${min}`
  return optional((value) => is(value) && (value as number) >= min && (value as number) <= max, what + bounds)
}

/** A text, or what the other schema takes. */
export function textOr<T>(schema: v.GenericSchema<unknown, T>): v.GenericSchema<unknown, string | T> {
  return v.lazy((value) => (typeof value === 'string' ? v.string() : schema) as v.GenericSchema<unknown, string | T>)
}

/** An object whose member `key` says which of the schemas is its own. */
export function variant(key: string, schemas: Readonly<Record<string, v.GenericSchema>>): v.GenericSchema {
  const words = Object.keys(schemas)
  const unknown = v.looseObject({ [key]: oneOf(words) })
  return v.lazy((value) =>
    isObject(value) && words.includes(String(value[key])) ? schemas[String(value[key])]! : unknown,
  )
}

// Fields that several schemas of answers share.

/** A text, or nothing. */
export const text: v.GenericSchema<unknown, string | null | undefined> = v.nullish(v.string())

/** A number, or nothing. */
export const count: v.GenericSchema<unknown, number | null | undefined> = v.nullish(v.number())

/** Arguments of a tool call: some servers send an object instead of its text (wire reference 9.4). */
export const toolArguments: v.GenericSchema<unknown, string | { readonly [key: string]: unknown } | null | undefined> =
  v.nullish(textOr(v.custom<{ readonly [key: string]: unknown }>((value) => typeof value === 'object')))

/**
 * The type of what a response schema accepts, without the index signature of loose objects, so that a misspelt field does
 * not compile. A field that may be `undefined` is optional.
 */
export type Wire<Schema extends v.GenericSchema> = KnownFields<v.InferOutput<Schema>>

type KnownFields<T> = T extends readonly (infer Item)[]
  ? readonly KnownFields<Item>[]
  : T extends object
    ? { readonly [Key in keyof T as KnownKey<Key, undefined extends T[Key] ? never : Key>]: KnownFields<T[Key]> } & {
        readonly [Key in keyof T as KnownKey<Key, undefined extends T[Key] ? Key : never>]?: KnownFields<T[Key]>
      }
    : T

type KnownKey<Key, Wanted> = string extends Key ? never : Wanted
