import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SSEDecoder } from '../../src/streaming/sse-decoder.js'
import { cutAt, cuts, encode } from '../helpers/bytes.js'
import { fixtureBytes, fixtureNames, fixtureText } from '../helpers/fixtures.js'

type Event = readonly [name: string, data: string]

interface Decoded {
  readonly events: Event[]
  readonly strayJSON: string | undefined
}

/** Decodes a stream that arrives in these chunks. */
function decode(...chunks: readonly Uint8Array[]): Decoded {
  const decoder = new SSEDecoder()
  const events: Event[] = []
  const readEvents = (): void => {
    for (let data = decoder.next(); data !== undefined; data = decoder.next()) events.push([decoder.event, data])
  }
  for (const chunk of chunks) {
    decoder.push(chunk)
    readEvents()
  }
  decoder.end()
  readEvents()
  return { events, strayJSON: decoder.strayJSON }
}

/**
 * The algorithm of the WHATWG standard, line by line. As in the decoder, an event without data is skipped, and an event
 * that the end of the stream cuts counts.
 */
function referenceEvents(bytes: Uint8Array): Event[] {
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

const bytewise = (bytes: Uint8Array): Uint8Array[] => Array.from(bytes, (byte) => Uint8Array.of(byte))

describe('SSEDecoder with fixtures', () => {
  const fixtures = fixtureNames('.sse')

  it.each(fixtures)('yields one event per data line of %s, as the standard does', (name) => {
    const { events } = decode(fixtureBytes(name))
    expect(events).toEqual(referenceEvents(fixtureBytes(name)))
    expect(events).toHaveLength(fixtureText(name).match(/^data/gm)!.length)
  })

  it.each(fixtures)('yields the same events of %s however its bytes are cut', (name) => {
    const bytes = fixtureBytes(name)
    const expected = decode(bytes)
    fc.assert(
      fc.property(cuts, (positions) => {
        expect(decode(...cutAt(bytes, positions))).toEqual(expected)
      }),
      { numRuns: 30 },
    )
    expect(decode(...bytewise(bytes))).toEqual(expected)
  })

  it.each(['\r\n', '\r'])('yields the same events when lines end with %j, however the bytes are cut', (end) => {
    for (const name of fixtures) {
      const text = fixtureText(name)
      const expected = decode(encode(text))
      const bytes = encode(text.replaceAll('\n', end))
      fc.assert(
        fc.property(cuts, (positions) => {
          expect(decode(...cutAt(bytes, positions))).toEqual(expected)
        }),
        { numRuns: 10 },
      )
    }
  })
})

describe('SSEDecoder with generated streams', () => {
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
  const streams = fc
    .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 })
    .map((lines) => encode(lines.map((parts) => parts.join('')).join('')))

  it('yields the events of the standard, however the bytes are cut', () => {
    fc.assert(
      fc.property(streams, cuts, (bytes, positions) => {
        expect(decode(...cutAt(bytes, positions)).events).toEqual(referenceEvents(bytes))
      }),
      { numRuns: 2000 },
    )
  })

  it('yields the same for any bytes, however they are cut', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), cuts, (bytes, positions) => {
        expect(decode(...cutAt(bytes, positions))).toEqual(decode(bytes))
      }),
      { numRuns: 300 },
    )
  })

  it('yields every payload unchanged and in order', () => {
    fc.assert(
      fc.property(fc.array(fc.json({ maxDepth: 2 }), { maxLength: 20 }), cuts, (payloads, positions) => {
        const bytes = encode(payloads.map((payload) => `data: ${payload}\n\n`).join(''))
        expect(decode(...cutAt(bytes, positions)).events.map(([, data]) => data)).toEqual(payloads)
      }),
      { numRuns: 300 },
    )
  })
})
