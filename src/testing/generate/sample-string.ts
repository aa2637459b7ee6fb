import { sampleFromPattern } from './sample-from-pattern.js'

const formats: Readonly<Record<string, string>> = {
  date: '2026-09-02',
  time: '08:15:30Z',
  'date-time': '2026-09-02T08:15:30Z',
  duration: 'PT15M',
  email: 'tern@example.org',
  hostname: 'tides.example.org',
  ipv4: '192.0.2.7',
  ipv6: '2001:db8::7',
  uri: 'https://example.org/tides',
  'uri-reference': '/tides',
  uuid: '6f1d2c3b-4a59-4e87-9c0d-1b2a3c4d5e6f',
}

const words = ['tern', 'heron', 'plover', 'harbor', 'tide', 'gull', 'kittiwake', 'anchor']

/** Longest string that is made for a `minLength`. */
const MAX_LENGTH = 100_000

/**
 * Returns a string for a string schema: by its format or pattern if it has one, else words within its length bounds.
 */
export function sampleString(schema: Readonly<Record<string, unknown>>, name: string, next: () => number): string {
  const formatted = typeof schema.format === 'string' ? formats[schema.format] : undefined
  if (formatted !== undefined) return formatted
  if (typeof schema.pattern === 'string') {
    const matching = sampleFromPattern(schema.pattern)
    if (matching !== undefined) return matching
  }
  const minLength = typeof schema.minLength === 'number' ? Math.min(schema.minLength, MAX_LENGTH) : 0
  const maxLength = typeof schema.maxLength === 'number' ? schema.maxLength : Infinity
  let text = words[Math.floor(next() * words.length)] ?? 'tern'
  if (name !== '' && !/^\d+$/u.test(name)) text = `${name} ${text}`
  while (text.length < minLength) text += ` ${words[Math.floor(next() * words.length)]}`
  return text.length > maxLength ? text.slice(0, maxLength) : text
}
