import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SSEDecoder } from '../../src/streaming/sse-decoder.js'
import { cutAt, cuts, encode } from '../helpers/bytes.js'
import { fixtureBytes, fixtureNames } from '../helpers/fixtures.js'

type Event = readonly [event: string, data: string]

function decode(blocks: readonly Uint8Array[]): { events: Event[]; stray: string | undefined } {
  const decoder = new SSEDecoder()
  const events: Event[] = []
  const drain = (): void => {
    for (let data = decoder.next(); data !== undefined; data = decoder.next()) events.push([decoder.event, data])
  }
  for (const block of blocks) {
    decoder.push(block)
    drain()
  }
  decoder.end()
  drain()
  return { events, stray: decoder.strayJSON }
}

/** The algorithm of the WHATWG standard, read off line by line, with the two liberties of ours. */
function reference(bytes: Uint8Array): Event[] {
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\r|\n/)
  const events: Event[] = []
  let data: string[] = []
  let name = ''
  for (const line of [...lines, '', '']) {
    if (line === '') {
      if (data.join('\n') !== '') events.push([name, data.join('\n')])
      data = []
      name = ''
      continue
    }
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') data.push(value)
    else if (field === 'event') name = value
  }
  return events
}

const recordings = fixtureNames('.sse')

describe('recorded streams', () => {
  it.each(recordings)('gives the events of %s at once', (name) => {
    const bytes = fixtureBytes(name)
    expect(decode([bytes]).events).toEqual(reference(bytes))
    expect(decode([bytes]).events.length).toBeGreaterThan(0)
  })

  it.each(recordings)('gives the same events of %s however its bytes are cut', (name) => {
    const bytes = fixtureBytes(name)
    const whole = decode([bytes])
    fc.assert(
      fc.property(cuts, (at) => {
        expect(decode(cutAt(bytes, at))).toEqual(whole)
      }),
      { numRuns: 30 },
    )
    expect(decode(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole)
  })

  it.each(recordings)('gives the same events of %s with CRLF and with CR line ends', (name) => {
    const text = new TextDecoder().decode(fixtureBytes(name))
    const whole = decode([encode(text)])
    for (const end of ['\r\n', '\r']) {
      const bytes = encode(text.replaceAll('\n', end))
      fc.assert(
        fc.property(cuts, (at) => {
          expect(decode(cutAt(bytes, at))).toEqual(whole)
        }),
        { numRuns: 10 },
      )
    }
  })
})

const word = fc.stringMatching(/^[ :a-z{}"é漢🐦]{0,12}$/u)
const line = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(fc.constantFrom('data:', 'data: ', 'event: ', 'event:'), word).map((parts) => parts.join('')),
  },
  { weight: 3, arbitrary: fc.constant('') },
  { weight: 2, arbitrary: fc.constantFrom('data', ': keep-alive', ':', 'id: 1', 'retry: 5', 'datax: 1') },
  { weight: 1, arbitrary: word },
)
const stream = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 })
  .map((lines) => encode(lines.map((parts) => parts.join('')).join('')))

describe('generated streams', () => {
  it('gives what the standard gives, however the bytes are cut', () => {
    fc.assert(
      fc.property(stream, cuts, (bytes, at) => {
        expect(decode(cutAt(bytes, at)).events).toEqual(reference(bytes))
      }),
      { numRuns: 2000 },
    )
  })

  it('gives the same for any bytes at all, however they are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), cuts, (bytes, at) => {
        expect(decode(cutAt(bytes, at))).toEqual(decode([bytes]))
      }),
      { numRuns: 300 },
    )
  })

  it('gives back every payload that was framed, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.json({ maxDepth: 2 }), { maxLength: 20 }), cuts, (payloads, at) => {
        const bytes = encode(payloads.map((payload) => `data: ${payload}\n\n`).join(''))
        expect(decode(cutAt(bytes, at)).events.map(([, data]) => data)).toEqual(payloads)
      }),
      { numRuns: 300 },
    )
  })
})
