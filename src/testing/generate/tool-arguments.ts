import { jsonFromSchema } from './json-from-schema.js'

type Schema = Readonly<Record<string, unknown>>

const named = /"([^"]+)"|“([^”]+)”|\b(?:in|at|for|of|from|to|near|about)\s+((?:\p{Lu}[\p{L}\p{M}'-]*\s?)+)/gu

/** The names a message gives: what stands in quotes, or in capitals after a preposition. */
function findNames(message: string): string[] {
  return Array.from(message.matchAll(named), (match) => (match[1] ?? match[2] ?? match[3] ?? '').trim())
}

/** Arguments for a tool that fit its schema, and use what the message says where that can be told. */
export function toolArguments(parameters: unknown, message: string, seed: number): unknown {
  const names = findNames(message)
  const numbers = Array.from(message.matchAll(/-?\d+(?:\.\d+)?/gu), ([match]) => Number(match))
  const suggest = (name: string, schema: Schema): unknown => {
    if (Array.isArray(schema.enum)) {
      const said = schema.enum.find(
        (one) => typeof one === 'string' && message.toLowerCase().includes(one.toLowerCase()),
      )
      return said as unknown
    }
    if (schema.type === 'number' || schema.type === 'integer') {
      const fits = (value: number): boolean =>
        (schema.type === 'number' || Number.isInteger(value)) &&
        value >= Number(schema.minimum ?? -Infinity) &&
        value <= Number(schema.maximum ?? Infinity)
      const index = numbers.findIndex(fits)
      return index < 0 ? undefined : numbers.splice(index, 1)[0]
    }
    if (schema.type !== 'string' || schema.format !== undefined || schema.pattern !== undefined) return undefined
    if (names.length > 0) return names.shift()
    return /^(?:query|question|text|input|message|prompt)$/u.test(name) ? message : undefined
  }
  return jsonFromSchema(parameters, seed, suggest)
}
