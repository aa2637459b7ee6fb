import * as v from 'valibot'
import { textOr } from '../utils/schema.js'

// Fields that several schemas of answers share.

/** A text, or nothing. */
export const text: v.GenericSchema<unknown, string | null | undefined> = v.nullish(v.string())

/** A number, or nothing. */
export const count: v.GenericSchema<unknown, number | null | undefined> = v.nullish(v.number())

/** Arguments of a tool call: some servers send an object instead of its text (wire reference 9.4). */
export const toolArguments: v.GenericSchema<unknown, string | { readonly [key: string]: unknown } | null | undefined> =
  v.nullish(textOr(v.custom<{ readonly [key: string]: unknown }>((value) => typeof value === 'object')))
