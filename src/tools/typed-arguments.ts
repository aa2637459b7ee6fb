import { canResolveRef, resolveRef } from '../json-schema/resolve-ref.js'
import type { JSONSchema } from '../types.js'
import { isObject, parseJSON } from '../utils/json.js'
import type { Tool } from './types.js'

/** Arguments that are written as text without types, by name. */
export type TextArguments = readonly (readonly [name: string, text: string])[]

/** Gives arguments the types that the tool's schema has for them. What does not fit stays a string, for the validation to report. */
export function toTypedArguments({ parameters = {} }: Tool, texts: TextArguments): Record<string, unknown> {
  const { properties } = parameters
  return Object.fromEntries(
    texts.map(([name, text]) => {
      const schema = isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined
      return [name, toTyped(text, typesOf(parameters, schema))]
    }),
  )
}

/** Names of the parameters, in the order of the schema: for arguments without names. */
export const parameterNames = ({ parameters }: Tool): readonly string[] =>
  isObject(parameters?.['properties']) ? Object.keys(parameters['properties']) : []

// Python's words, which models write in place of those of JSON.
const PYTHON: Readonly<Record<string, unknown>> = { True: true, False: false, None: null }

function toTyped(text: string, types: ReadonlySet<string>): unknown {
  if (types.size === 0) return text
  const trimmed = text.trim()
  const value = Object.hasOwn(PYTHON, trimmed) ? PYTHON[trimmed] : parseJSON(trimmed)
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  // A string is written as it is, so its text may look like JSON of another type.
  if (type === 'string') return types.has('string') ? text : value
  return types.has(type) || (Number.isInteger(value) && types.has('integer')) ? value : text
}

/** The types that a schema allows; empty if the schema does not restrict them. */
function typesOf(root: JSONSchema, schema: unknown, depth = 0): ReadonlySet<string> {
  const types = new Set<string>()
  if (!isObject(schema) || depth > 8) return types
  for (const type of [schema['type']].flat()) if (typeof type === 'string') types.add(type)
  const values = Array.isArray(schema['enum']) ? schema['enum'] : 'const' in schema ? [schema['const']] : []
  for (const value of values) types.add(value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
  const ref = schema['$ref']
  const target = typeof ref === 'string' && canResolveRef(root, ref) ? resolveRef(root, ref) : undefined
  const branches = [target, schema['anyOf'], schema['oneOf'], schema['allOf']].flat()
  for (const branch of branches) for (const type of typesOf(root, branch, depth + 1)) types.add(type)
  return types
}
