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

const words = ['tern', 'heron', 'plover', 'harbour', 'tide', 'gull', 'kittiwake', 'anchor']

/** A string for a string schema: its format or pattern when it has one, else words, within its length bounds. */
export function sampleString(schema: Readonly<Record<string, unknown>>, name: string, next: () => number): string {
  const known = typeof schema.format === 'string' ? formats[schema.format] : undefined
  if (known !== undefined) return known
  if (typeof schema.pattern === 'string') {
    const fitting = sampleFromPattern(schema.pattern)
    if (fitting !== undefined) return fitting
  }
  const least = typeof schema.minLength === 'number' ? schema.minLength : 0
  const most = typeof schema.maxLength === 'number' ? schema.maxLength : Infinity
  let text = words[Math.floor(next() * words.length)] ?? 'tern'
  if (name !== '' && !/^\d+$/u.test(name)) text = `${name} ${text}`
  while (text.length < least) text += ` ${words[Math.floor(next() * words.length)]}`
  return text.length > most ? text.slice(0, most) : text
}
