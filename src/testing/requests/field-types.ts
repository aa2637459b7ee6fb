import { type JSONObject, isObject } from '../json-values.js'

/** The type of a request field. */
export type FieldType =
  | 'string'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'object'
  | 'array'
  | 'strings'
  | 'string-or-strings'

const isStrings = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === 'string')

/** Returns whether a value has a type. */
export function hasType(value: unknown, type: FieldType): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value)
    case 'object':
      return isObject(value)
    case 'array':
      return Array.isArray(value)
    case 'strings':
      return isStrings(value)
    case 'string-or-strings':
      return typeof value === 'string' || isStrings(value)
    default:
      return typeof value === type
  }
}

/**
 * Returns the name of the first field whose value has the wrong type. Absent fields pass; so does `null` if `nullable`.
 */
export function findWrongType(
  body: JSONObject,
  types: Readonly<Record<string, FieldType>>,
  { nullable = true } = {},
): string | undefined {
  return Object.keys(types).find((name) => {
    const value = body[name]
    return value !== undefined && !(value === null && nullable) && !hasType(value, types[name] ?? 'string')
  })
}

const descriptions: Readonly<Record<FieldType, string>> = {
  string: 'a string',
  number: 'a number',
  integer: 'an integer',
  boolean: 'a boolean',
  object: 'an object',
  array: 'an array',
  strings: 'an array of strings',
  'string-or-strings': 'a string or an array of strings',
}

/** Returns a type in words, such as "an array of strings". */
export const describeType = (type: FieldType | undefined): string => descriptions[type ?? 'string']
