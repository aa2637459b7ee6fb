import { decodeSegment } from '../decode-segment.js'
import { type JSONObject, isObject } from '../json-values.js'
import { hash, random } from './random.js'
import { sampleString } from './sample-string.js'

type Schema = JSONObject

interface Source {
  readonly root: unknown
  /** Number of schemas that may still be followed; then values are empty, though the schema may require more. */
  left: number
  readonly next: () => number
  /**
   * Returns a value for a named property, such as one found in the user's message; `undefined` leaves it to the schema.
   */
  readonly suggest: (name: string, schema: Schema) => unknown
}

/**
 * A schema that requires itself has no finite value: its value ends after this many schemas, or at this depth. Arrays
 * and objects have no more entries either, whatever the schema requires.
 */
const MAX_SCHEMAS = 10_000
const MAX_REQUIRED_DEPTH = 32

/** At this depth, optional properties are omitted and the simplest alternative is chosen, so that recursion ends. */
const MAX_DEPTH = 5

const asNumber = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

function resolvePointer(root: unknown, pointer: string): unknown {
  let found: unknown = root
  for (const part of pointer.replace(/^#\/?/u, '').split('/')) {
    if (part === '') continue
    const key = decodeSegment(part).replaceAll('~1', '/').replaceAll('~0', '~')
    found = isObject(found) || Array.isArray(found) ? (found as Schema)[key] : undefined
  }
  return found
}

function merge(left: Schema, right: Schema): Schema {
  const properties = { ...(left.properties as Schema), ...(right.properties as Schema) }
  const required = [...((left.required as string[]) ?? []), ...((right.required as string[]) ?? [])]
  return {
    ...left,
    ...right,
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
  }
}

/** Returns whether a schema may be followed, and counts it. */
function mayFollow(source: Source, depth: number): boolean {
  source.left -= 1
  return source.left >= 0 && depth < MAX_REQUIRED_DEPTH
}

/** Resolves `$ref`, `allOf`, `anyOf` and `oneOf` at the top of a schema. */
function flatten(schema: unknown, source: Source, depth: number): Schema {
  let flat: Schema = isObject(schema) ? schema : {}
  for (let hops = 0; hops < 32; hops += 1) {
    if (typeof flat.$ref === 'string') {
      const { $ref, ...siblings } = flat
      const target = resolvePointer(source.root, $ref as string)
      flat = merge(isObject(target) ? target : {}, siblings)
    } else if (Array.isArray(flat.allOf)) {
      const { allOf, ...siblings } = flat
      const parts = mayFollow(source, depth) ? (allOf as unknown[]) : []
      flat = parts.map((part) => flatten(part, source, depth + 1)).reduce<Schema>(merge, siblings)
    } else {
      const key = Array.isArray(flat.anyOf) ? 'anyOf' : Array.isArray(flat.oneOf) ? 'oneOf' : undefined
      if (key === undefined) return flat
      const { [key]: alternatives, ...siblings } = flat
      flat = merge(siblings, choose(alternatives as unknown[], source, depth))
    }
  }
  return flat
}

function choose(alternatives: readonly unknown[], source: Source, depth: number): Schema {
  const schemas = alternatives.filter(isObject)
  const simple = schemas.find((schema) => schema.type === 'null' || schema.const !== undefined || schema.enum)
  const picked =
    depth >= MAX_DEPTH
      ? (simple ?? schemas.find((schema) => schema.$ref === undefined))
      : schemas.find((schema) => schema.type !== 'null')
  return picked ?? schemas[0] ?? {}
}

function typeOf(schema: Schema): string {
  const { type } = schema
  if (typeof type === 'string') return type
  if (Array.isArray(type)) return String(type.find((name) => name !== 'null') ?? 'null')
  if (schema.properties !== undefined || schema.required !== undefined) return 'object'
  if (schema.items !== undefined || schema.prefixItems !== undefined) return 'array'
  if (schema.minimum !== undefined || schema.maximum !== undefined) return 'number'
  return schema.additionalProperties === undefined ? 'string' : 'object'
}

function sampleNumber(schema: Schema, source: Source, isInteger: boolean): number {
  const step = asNumber(schema.multipleOf) ?? (isInteger ? 1 : 0.5)
  let low = asNumber(schema.minimum)
  let high = asNumber(schema.maximum)
  const above = asNumber(schema.exclusiveMinimum)
  const below = asNumber(schema.exclusiveMaximum)
  if (above !== undefined && (low === undefined || above >= low)) low = above + (isInteger ? 1 : step / 1000)
  if (below !== undefined && (high === undefined || below <= high)) high = below - (isInteger ? 1 : step / 1000)
  const from = low ?? (high === undefined ? 1 : Math.min(1, high))
  const to = high ?? from + 9 * step
  const first = Math.ceil(from / step - 1e-9)
  const last = Math.floor(to / step + 1e-9)
  // A range that is narrower than a step (0.1 to 0.3) contains no multiple.
  if (last < first) return (from + to) / 2
  const chosen = (first + Math.floor(source.next() * (last - first + 1))) * step
  return Number(chosen.toPrecision(12))
}

function sampleArray(schema: Schema, source: Source, depth: number): unknown[] {
  const fixed = Array.isArray(schema.prefixItems) ? schema.prefixItems : []
  if (!mayFollow(source, depth)) return []
  const minItems = asNumber(schema.minItems) ?? (depth >= MAX_DEPTH ? 0 : 2)
  const count = Math.max(fixed.length, Math.min(minItems, asNumber(schema.maxItems) ?? Infinity, MAX_SCHEMAS))
  const items: unknown[] = []
  const seen = new Set<string>()
  for (let attempt = 0; items.length < count && attempt < count * 20; attempt += 1) {
    const item = sample(fixed[items.length] ?? schema.items ?? {}, source, depth + 1, String(attempt))
    const key = JSON.stringify(item)
    if (schema.uniqueItems === true && seen.has(key)) continue
    seen.add(key)
    items.push(item)
  }
  return items
}

function sampleObject(schema: Schema, source: Source, depth: number): Record<string, unknown> {
  if (!mayFollow(source, depth)) return {}
  const properties = isObject(schema.properties) ? schema.properties : {}
  const required = Array.isArray(schema.required) ? schema.required.map(String) : []
  const optional = depth >= MAX_DEPTH ? [] : Object.keys(properties)
  const result: Record<string, unknown> = {}
  for (const name of new Set([...optional, ...required])) {
    result[name] = sample(properties[name] ?? schema.additionalProperties ?? {}, source, depth + 1, name)
  }
  const minProperties = asNumber(schema.minProperties) ?? (isObject(schema.additionalProperties) ? 1 : 0)
  const missing = Math.min(minProperties, MAX_SCHEMAS) - Object.keys(result).length
  for (let extra = 1, added = 0; added < missing; extra += 1) {
    const key = `key${extra}`
    if (Object.hasOwn(result, key)) continue
    result[key] = sample(schema.additionalProperties ?? {}, source, depth + 1, key)
    added += 1
  }
  return result
}

function sample(schema: unknown, source: Source, depth: number, name: string): unknown {
  const flat = flatten(schema, source, depth)
  if ('const' in flat) return flat.const
  const suggestion = name === '' ? undefined : source.suggest(name, flat)
  if (suggestion !== undefined) return suggestion
  if (Array.isArray(flat.enum)) return flat.enum[Math.floor(source.next() * flat.enum.length)]
  if (flat.default !== undefined) return flat.default
  switch (typeOf(flat)) {
    case 'object':
      return sampleObject(flat, source, depth)
    case 'array':
      return sampleArray(flat, source, depth)
    case 'integer':
      return sampleNumber(flat, source, true)
    case 'number':
      return sampleNumber(flat, source, false)
    case 'boolean':
      return source.next() < 0.5
    case 'null':
      return null
    default:
      return sampleString(flat, name, source.next)
  }
}

/**
 * Returns a value that satisfies a JSON schema: `$ref` into the same document, `allOf`, `anyOf`, `oneOf`, `enum`,
 * `const`, nested objects and arrays, and the bounds of numbers, strings and arrays. The same schema and seed always
 * give the same value.
 */
export function jsonFromSchema(
  schema: unknown,
  seed: number,
  suggest: (name: string, schema: Schema) => unknown = () => undefined,
): unknown {
  const next = random(hash(`${JSON.stringify(schema)} ${seed}`))
  return sample(schema, { root: schema, left: MAX_SCHEMAS, next, suggest }, 0, '')
}
