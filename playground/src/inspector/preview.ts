import { isObject } from '../lib/json-object.js'
import { parseObject } from './recorded.js'

// Fields that are the same in every event of a response.
const COMMON_FIELDS = new Set([
  'id',
  'object',
  'created',
  'model',
  'role',
  'system_fingerprint',
  'type',
  'sequence_number',
])
const MAX = 240

/** Summarizes the new fields of an event in one line. */
export function preview(data: string): string {
  if (!data.startsWith('{') || data.length > 20_000) return data.slice(0, MAX)
  const event = parseObject(data)
  if (event === undefined) return data.slice(0, MAX)
  const fields: Record<string, unknown> = {}
  const add = (members: object): void => {
    for (const [name, value] of Object.entries(members)) {
      if (!COMMON_FIELDS.has(name) && value !== null && name !== 'index') fields[name] = value
    }
  }
  const { choices, ...others } = event
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined
  if (isObject(choice)) {
    const { delta, ...rest } = choice
    if (isObject(delta)) add(delta)
    add(rest)
  }
  add(others)
  const line = JSON.stringify(fields)
  return (line === '{}' ? data : line.slice(1, -1)).slice(0, MAX)
}
