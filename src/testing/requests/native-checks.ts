import { type JSONObject, isObject } from '../json-values.js'
import { throwNativeError } from '../replies/errors.js'
import { type FieldType, describeType, findWrongType, hasType } from './field-types.js'

type FieldTypes = Readonly<Record<string, FieldType>>

const quote = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ')

/**
 * Rejects unknown keys and wrong types in the body of a native route (docs/http-api.md 7.1).
 *
 * @remarks That wrong types are a 400 is assumed, and so are their messages.
 */
export function checkNativeBody(body: JSONObject, types: FieldTypes): void {
  const unknown = Object.keys(body).filter((key) => !Object.hasOwn(types, key))
  if (unknown.length > 0) {
    throwNativeError(`Unrecognized key(s) in object: ${quote(unknown)}`, 'unrecognized_keys')
  }
  const wrong = findWrongType(body, types, { nullable: false })
  if (wrong !== undefined) throwNativeError(`'${wrong}' must be ${describeType(types[wrong])}`, 'invalid_type', wrong)
}

/**
 * Returns the issues of an object inside a native body, joined as LM Studio joins them: "'input.0.content' is required,
 * Unrecognized key(s) in object: 'text'". Empty when there are none.
 */
export function findNativeIssues(
  value: unknown,
  path: string,
  { required, optional = {} }: { readonly required: FieldTypes; readonly optional?: FieldTypes },
): string {
  const object = isObject(value) ? value : {}
  const missing = Object.keys(required).filter((key) => object[key] === undefined)
  const types = { ...required, ...optional }
  const wrong = Object.keys(types).filter((key) => object[key] !== undefined && !hasType(object[key], types[key]!))
  const unknown = Object.keys(object).filter((key) => !Object.hasOwn(types, key))
  return [
    ...missing.map((key) => `'${path}.${key}' is required`),
    ...wrong.map((key) => `'${path}.${key}' must be ${describeType(types[key])}`),
    ...(unknown.length === 0 ? [] : [`Unrecognized key(s) in object: ${quote(unknown)}`]),
  ].join(', ')
}
