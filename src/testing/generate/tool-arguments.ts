import type { JSONObject } from '../json-values.js'
import { jsonFromSchema } from './json-from-schema.js'

const namePattern = /"([^"]+)"|“([^”]+)”|\b(?:in|at|for|of|from|to|near|about)\s+((?:\p{Lu}[\p{L}\p{M}'-]*\s?)+)/gu

/** Finds the names in a message: text in quotes, and capitalized words after a preposition. */
function findNames(message: string): string[] {
  return Array.from(message.matchAll(namePattern), (match) => (match[1] ?? match[2] ?? match[3] ?? '').trim())
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [])

/** Returns arguments that satisfy a tool's schema, with values from the message where they can be recognized. */
export function toolArguments(parameters: unknown, message: string, seed: number): unknown {
  const names = findNames(message)
  const numbers = Array.from(message.matchAll(/-?\d+(?:\.\d+)?/gu), ([match]) => Number(match))
  const suggest = (name: string, schema: JSONObject): unknown => {
    if (Array.isArray(schema.enum)) {
      const text = message.toLowerCase()
      return schema.enum.find((one: unknown) => typeof one === 'string' && text.includes(one.toLowerCase())) as unknown
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
    const examples = texts(schema.examples)
    const found = names.shift()
    if (found !== undefined) return examples.find((example) => example.includes(found)) ?? found
    if (examples.length > 0) return examples[0]
    return /^(?:query|question|text|input|message|prompt)$/u.test(name) ? message : undefined
  }
  return jsonFromSchema(parameters, seed, suggest)
}
