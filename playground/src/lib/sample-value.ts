import { isObject, type JSONObject } from './json-object.js'
import { resolveReference } from './resolve-reference.js'

/** References deeper than this are cut off: a schema can refer to itself. */
const MAX_DEPTH = 6

const STRINGS: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  time: '12:00:00Z',
  'date-time': '2026-01-31T12:00:00Z',
  email: 'name@example.com',
  uri: 'https://example.com',
  uuid: '123e4567-e89b-12d3-a456-426614174000',
}

/** Returns a value that fits a valid JSON Schema, if possible one that the schema names: a default or an example. */
export function sampleValue(schema: unknown): unknown {
  const sample = (part: unknown, depth: number): unknown => {
    if (!isObject(part) || depth > MAX_DEPTH) return null
    const named = namedValues(part)
    if (named.length > 0) return named[0]
    if (typeof part.$ref === 'string') return sample(resolveReference(schema, part.$ref), depth + 1)
    const [option] = [part.anyOf, part.oneOf].flatMap((options) => (Array.isArray(options) ? options : []))
    if (option !== undefined) return sample({ ...part, anyOf: [], oneOf: [], ...asObject(option) }, depth + 1)
    if (Array.isArray(part.allOf)) return sample(merge(part), depth + 1)
    switch (typeOf(part)) {
      case 'object':
        return sampleObject(part, depth)
      case 'array':
        return sampleArray(part, depth)
      case 'string':
        return sampleString(part)
      case 'number':
      case 'integer':
        return sampleNumber(part)
      case 'boolean':
        return true
      default:
        return null
    }
  }

  /** Optional members are left out, unless the schema names a value for them. */
  function sampleObject({ properties, required }: JSONObject, depth: number): JSONObject {
    const needed = Array.isArray(required) ? required : []
    const shown = Object.entries(asObject(properties)).filter(
      ([name, part]) => needed.length === 0 || needed.includes(name) || namedValues(asObject(part)).length > 0,
    )
    return Object.fromEntries(shown.map(([name, part]) => [name, sample(part, depth + 1)]))
  }

  function sampleArray({ items, prefixItems, minItems }: JSONObject, depth: number): readonly unknown[] {
    if (Array.isArray(prefixItems)) return prefixItems.map((part) => sample(part, depth + 1))
    if (!isObject(items)) return []
    return Array.from({ length: Math.max(1, Number(minItems ?? 1)) }, () => sample(items, depth + 1))
  }

  return sample(schema, 0)
}

const asObject = (value: unknown): JSONObject => (isObject(value) ? value : {})

/** The values that a schema names, the most fitting first. */
const namedValues = (schema: JSONObject): readonly unknown[] => [
  ...(Object.hasOwn(schema, 'const') ? [schema.const] : []),
  ...(Object.hasOwn(schema, 'default') ? [schema.default] : []),
  ...[schema.examples, schema.enum].flatMap((values) => (Array.isArray(values) ? values : [])),
]

function typeOf({ type, properties, items, prefixItems, pattern, format }: JSONObject): unknown {
  if (type !== undefined) return [type].flat().find((one) => one !== 'null')
  if (properties !== undefined) return 'object'
  if (items !== undefined || prefixItems !== undefined) return 'array'
  return pattern !== undefined || format !== undefined ? 'string' : undefined
}

/** Combines the parts of `allOf` with the schema around them. */
function merge({ allOf, ...rest }: JSONObject): JSONObject {
  const parts = [rest, ...(allOf as readonly unknown[])].map(asObject)
  const required = parts.flatMap((part) => (Array.isArray(part.required) ? (part.required as unknown[]) : []))
  const properties = Object.assign({}, ...parts.map((part) => asObject(part.properties))) as JSONObject
  return { ...(Object.assign({}, ...parts) as JSONObject), properties, required }
}

function sampleString({ format, minLength, maxLength }: JSONObject): string {
  const text = STRINGS[String(format)] ?? 'example'
  return text.padEnd(Number(minLength ?? 0), '.').slice(0, Number(maxLength ?? Infinity))
}

function sampleNumber(schema: JSONObject): number {
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  const low = Math.max(Number(minimum ?? -Infinity), Number(exclusiveMinimum ?? -Infinity))
  const high = Math.min(Number(maximum ?? Infinity), Number(exclusiveMaximum ?? Infinity))
  const hasBoth = Number.isFinite(low) && Number.isFinite(high)
  if (type === 'number' && multipleOf === undefined && hasBoth) return (low + high) / 2
  const step = Number(multipleOf ?? 1)
  if (Number.isFinite(low)) {
    const first = Math.ceil(low / step) * step
    return first === exclusiveMinimum ? first + step : first
  }
  const last = Math.floor(Math.min(step, high) / step) * step
  return last === exclusiveMaximum ? last - step : last
}
