import type { Schema, StandardSchemaV1 } from '../types/standard-schema.js'
import { isObject } from '../utils/json.js'

/** Whether this is a schema of a library. Those of arktype are functions. */
export function isStandard<T>(schema: Schema<T>): schema is StandardSchemaV1<unknown, T> {
  if (!isObject(schema) && typeof schema !== 'function') return false
  const standard = (schema as Partial<StandardSchemaV1<unknown, T>>)['~standard']
  return isObject(standard) && typeof standard['validate'] === 'function'
}
