import * as v from 'valibot'
import { isObject } from '../utils/json.js'

/** A schema for every field of `T`: `{ … } satisfies EntriesOf<T>` does not compile with a missing or misspelt field. */
export type EntriesOf<T> = { readonly [Key in keyof T]-?: v.GenericSchema }

// Schemas that several features share. `custom` and `lazy` replace valibot's `union`, `variant`, `picklist`, `pipe` and
// `check`: one message names everything that is expected, and a fifth of valibot stays out of the bundle.

/** Returns a schema for an optional field: `undefined`, or a value for which `is` returns true. */
/* @__NO_SIDE_EFFECTS__ */
export function optional<T>(is: (value: unknown) => boolean, message: string) {
  return v.optional(v.custom<T>(is, message))
}

/** A string that is not blank. */
export const name = /* @__PURE__ */ v.custom<string>(
  (value) => typeof value === 'string' && value.trim() !== '',
  'must be a non-empty string',
)

// Longer than any id, and short enough for a line of a request.
const MAX_ID_LENGTH = 1000

/** Tests whether a string can be an id: not blank, not too long, no control characters and no half of a character. */
export const isId = (value: unknown): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= MAX_ID_LENGTH && !/[\p{Cc}\p{Cs}]/u.test(value)

/** Tests whether an id can be one segment of a path: `.` and `..` would lead elsewhere. */
export const isPathSegment = (value: unknown): value is string => isId(value) && value !== '.' && value !== '..'

/** The name of a model, an instance or a response. */
export const id = /* @__PURE__ */ v.custom<string>(
  isId,
  // Written out: a bundler keeps what it cannot prove to be a text.
  'must be a non-empty string of at most 1000 characters, without control characters',
)

/** Returns a schema for one of these strings. */
/* @__NO_SIDE_EFFECTS__ */
export function oneOf<const T extends string>(values: readonly T[]) {
  return v.custom<T>((value) => values.includes(value as T), `must be one of: ${values.join(', ')}`)
}

/**
 * Returns a schema for an optional number between two bounds, which are included.
 *
 * @param min - `-Infinity` for no lower bound
 * @param max - `Infinity` for no upper bound
 * @param noun - what the message calls the value
 */
/* @__NO_SIDE_EFFECTS__ */
export function range(min: number, max: number, noun = 'number') {
  return bounded(Number.isFinite, [min, max], noun)
}

/** Returns a schema for an optional integer between two bounds, which are included. */
/* @__NO_SIDE_EFFECTS__ */
export function whole(min: number, max: number = Infinity) {
  return bounded(Number.isSafeInteger, [min, max], 'whole number')
}

/* @__NO_SIDE_EFFECTS__ */
function bounded(is: (value: unknown) => boolean, [min, max]: readonly [min: number, max: number], noun: string) {
  const bounds = max !== Infinity ? ` from ${min} to ${max}` : min === -Infinity ? '' : `, ${min} or greater`
  return optional<number>(
    (value) => is(value) && (value as number) >= min && (value as number) <= max,
    `must be a ${noun}${bounds}`,
  )
}

/** Returns a schema for a field that does not exist here under this name. `advice` says what to write instead. */
/* @__NO_SIDE_EFFECTS__ */
export function misplaced(advice: string) {
  return optional<never>(() => false, advice)
}

/** Returns a schema for an optional boolean. */
/* @__NO_SIDE_EFFECTS__ */
export function flag() {
  return v.optional(v.boolean('must be true or false'))
}

/** Returns a schema for a string, or for what the other schema accepts. */
/* @__NO_SIDE_EFFECTS__ */
export function textOr<T>(schema: v.GenericSchema<unknown, T>): v.GenericSchema<unknown, string | T> {
  return v.lazy((value) => (typeof value === 'string' ? v.string() : schema) as v.GenericSchema<unknown, string | T>)
}

/**
 * Returns a schema for an object whose member `key` selects one of the schemas.
 *
 * @param adviceFor - returns the message for a value that other clients use
 */
/* @__NO_SIDE_EFFECTS__ */
export function variant(
  key: string,
  schemas: Readonly<Record<string, v.GenericSchema>>,
  adviceFor: (value: string) => string | undefined = () => undefined,
): v.GenericSchema {
  const values = Object.keys(schemas)
  const unknown = v.looseObject({ [key]: oneOf(values) })
  return v.lazy((value) => {
    const selected = isObject(value) ? String(value[key]) : ''
    if (values.includes(selected)) return schemas[selected]!
    const advice = adviceFor(selected)
    return advice === undefined ? unknown : v.looseObject({ [key]: v.custom(() => false, advice) })
  })
}

// Fields that several response schemas share.

/** A string, `null` or nothing. */
export const text = /* @__PURE__ */ v.nullish(/* @__PURE__ */ v.string())

/** Arguments of a tool call: JSON text, or an object, which some servers send instead (docs/http-api.md 9.4). */
export const toolArguments = /* @__PURE__ */ v.nullish(
  /* @__PURE__ */ textOr(
    /* @__PURE__ */ v.custom<{ readonly [key: string]: unknown }>((value) => typeof value === 'object'),
  ),
)

// Fields without which a response can still be read: a value of another type is read as `undefined`.

/** Returns a schema for a field whose invalid values, `null` included, are read as `undefined`. */
/* @__NO_SIDE_EFFECTS__ */
export function tolerant<T>(schema: v.GenericSchema<unknown, T>) {
  return v.fallback(v.optional(schema), undefined)
}

/** A string. */
export const optionalText = /* @__PURE__ */ tolerant(/* @__PURE__ */ v.string())

/** Tests whether a value is a whole number from 0, such as a number of tokens or bytes: neither `1e999` nor -1. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** A whole number from 0. */
export const optionalCount = /* @__PURE__ */ tolerant(/* @__PURE__ */ v.custom<number>(isCount))

/** A number from 0, such as a time or a speed. */
export const figure = /* @__PURE__ */ tolerant(
  /* @__PURE__ */ v.custom<number>((value) => Number.isFinite(value) && (value as number) >= 0),
)

/**
 * Returns a schema for a field whose invalid values are read as `undefined`, and that keeps `null`: a body of the common kind
 * passes unchanged, so that it need not pass through the schema at all.
 */
/* @__NO_SIDE_EFFECTS__ */
export function nullable<T>(schema: v.GenericSchema<unknown, T>) {
  return v.fallback(v.nullish(schema), undefined)
}

/** A string, or `null`. */
export const nullableText = /* @__PURE__ */ nullable(/* @__PURE__ */ v.string())

/** A whole number from 0, or `null`. */
export const count = /* @__PURE__ */ nullable(/* @__PURE__ */ v.custom<number>(isCount))

/** A boolean. */
export const optionalFlag = /* @__PURE__ */ tolerant(/* @__PURE__ */ v.boolean())

/** Returns a schema for a list, in which an entry that cannot be read becomes `undefined`. */
/* @__NO_SIDE_EFFECTS__ */
export function tolerantList<T>(entry: v.GenericSchema<unknown, T>) {
  return tolerant(v.array(tolerant(entry)))
}

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
