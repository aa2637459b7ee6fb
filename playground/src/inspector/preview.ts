import { isObject } from './recorded.js'

// What is the same in every event of an answer.
const EVERYWHERE = new Set([
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

/** What is new in an event, in one line. */
export function preview(data: string): string {
  if (!data.startsWith('{') || data.length > 20_000) return data.slice(0, MAX)
  let event: unknown
  try {
    event = JSON.parse(data)
  } catch {
    return data.slice(0, MAX)
  }
  if (!isObject(event)) return data.slice(0, MAX)
  const told: Record<string, unknown> = {}
  const add = (members: object): void => {
    for (const [name, value] of Object.entries(members)) {
      if (!EVERYWHERE.has(name) && value !== null && name !== 'index') told[name] = value
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
  const line = JSON.stringify(told)
  return (line === '{}' ? data : line.slice(1, -1)).slice(0, MAX)
}
