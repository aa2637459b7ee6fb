import { describe, expect, it } from 'vitest'
import { MAX_LINE_LENGTH, SSEDecoder } from '../../src/streaming/sse-decoder.js'
import { encode } from '../helpers/bytes.js'

interface Event {
  readonly event: string
  readonly data: string
}

/** Reads the events that are complete. */
function readEvents(decoder: SSEDecoder): Event[] {
  const events: Event[] = []
  for (let data = decoder.next(); data !== undefined; data = decoder.next()) events.push({ event: decoder.event, data })
  return events
}

/** Decodes a stream that arrives in these chunks. */
function decode(...chunks: (string | Uint8Array)[]): Event[] {
  const decoder = new SSEDecoder()
  const events = chunks.flatMap((chunk) => {
    decoder.push(typeof chunk === 'string' ? encode(chunk) : chunk)
    return readEvents(decoder)
  })
  decoder.end()
  return [...events, ...readEvents(decoder)]
}

/** Events without a name. */
const unnamed = (...texts: string[]): Event[] => texts.map((text) => ({ event: '', data: text }))

describe('SSEDecoder: fields', () => {
  it.each([
    ['removes one space after the colon', 'data: x\n\n', 'x'],
    ['needs no space after the colon', 'data:x\n\n', 'x'],
    ['keeps a second space', 'data:  x\n\n', ' x'],
    ['keeps a tab after the colon', 'data:\tx\n\n', '\tx'],
    ['keeps colons in the value', 'data: a:b: c\n\n', 'a:b: c'],
    ['joins several data lines with line feeds', 'data: a\ndata: b\ndata:c\n\n', 'a\nb\nc'],
    ['reads a data line without a colon as an empty line', 'data: a\ndata\ndata: b\n\n', 'a\n\nb'],
    ['joins two empty data lines to one line feed', 'data\ndata\n\n', '\n'],
    ['skips comments', ': keep-alive\n:\n:x\ndata: a\n: in between\ndata: b\n\n', 'a\nb'],
    ['skips id and retry', 'id: 7\nretry: 100\ndata: a\n\n', 'a'],
    ['skips unknown fields', 'datum: 1\nDATA: 2\ndata : 3\ndata: a\n\n', 'a'],
    ['skips a field whose name only starts with data', 'data-x: 1\ndata: a\n\n', 'a'],
    ['skips a field whose name starts with a space', ' data: 1\ndata: a\n\n', 'a'],
  ])('%s', (_, text, expected) => {
    expect(decode(text)).toEqual(unnamed(expected))
  })

  it('gives each event its own name', () => {
    expect(decode('event: one\ndata: a\n\ndata: b\n\nevent:two\ndata: c\n\n')).toEqual([
      { event: 'one', data: 'a' },
      { event: '', data: 'b' },
      { event: 'two', data: 'c' },
    ])
  })

  it('reads a field `error`, which llama.cpp sends, as data of an event of that name', () => {
    expect(decode('error: {"code":500}\n\ndata: a\n\n')).toEqual([
      { event: 'error', data: '{"code":500}' },
      { event: '', data: 'a' },
    ])
  })

  it('uses the last of several names, wherever it stands in the event', () => {
    expect(decode('event: one\ndata: a\nevent: two\n\n')).toEqual([{ event: 'two', data: 'a' }])
  })

  it('reads a name line without a colon as an empty name', () => {
    expect(decode('event: one\nevent\ndata: a\n\n')).toEqual(unnamed('a'))
  })

  it('ignores a field whose name only begins with a known one', () => {
    expect(decode('event: one\neventual\ndatabase\ndata: a\n\n')).toEqual([{ event: 'one', data: 'a' }])
  })

  it('has no event name before the first event', () => {
    expect(new SSEDecoder().event).toBe('')
  })

  it('drops the name of an event without data', () => {
    expect(decode('event: lost\n\ndata: a\n\n')).toEqual(unnamed('a'))
  })

  it.each(['data\n\n', 'data:\n\n', 'data: \n\n', 'event: x\ndata:\n\n', '\n\n\n', ': only a comment\n\n', ''])(
    'yields no event for %j',
    (text) => {
      expect(decode(text)).toEqual([])
      expect(decode(`${text}data: a\n\n`).at(-1)?.data).toBe('a')
    },
  )
})

describe('SSEDecoder: line endings', () => {
  it.each(['\n', '\r', '\r\n'])('reads lines that end with %j', (end) => {
    const text = ['event: e', 'data: a', 'data: b', '', ': c', 'data: d', '', ''].join(end)
    expect(decode(text)).toEqual([{ event: 'e', data: 'a\nb' }, ...unnamed('d')])
    expect(decode(...text)).toEqual([{ event: 'e', data: 'a\nb' }, ...unnamed('d')])
  })

  it('reads all three kinds of line endings mixed in one stream', () => {
    expect(decode('data: a\r\ndata: b\rdata: c\n\r\ndata: d\r\rdata: e\n\n')).toEqual(unnamed('a\nb\nc', 'd', 'e'))
  })

  it('reads CRLF as one line ending when it is cut in the middle', () => {
    expect(decode('data: a\r', '\ndata: b\r', '\n\r', '\ndata: c\r\n\r\n')).toEqual(unnamed('a\nb', 'c'))
  })

  it('reads CRLF as one line ending when an empty chunk separates its halves', () => {
    expect(decode('data: a\r', '', '\ndata: b\n\n')).toEqual(unnamed('a\nb'))
  })

  it('yields an event that ends with CR without waiting for a line feed', () => {
    const decoder = new SSEDecoder()
    decoder.push(encode('data: a\r\r'))
    expect(decoder.next()).toBe('a')
  })

  it('yields an event at its blank line, not earlier', () => {
    const decoder = new SSEDecoder()
    decoder.push(encode('data: a\n'))
    expect(decoder.next()).toBeUndefined()
    decoder.push(encode('\n'))
    expect(decoder.next()).toBe('a')
    expect(decoder.next()).toBeUndefined()
  })

  it('keeps chunks that are pushed before earlier events are read', () => {
    const decoder = new SSEDecoder()
    decoder.push(encode('data: a\n\nda'))
    decoder.push(encode('ta: b\n'))
    expect(decoder.next()).toBe('a')
    decoder.push(encode('\ndata: c\n\n'))
    expect(readEvents(decoder).map((event) => event.data)).toEqual(['b', 'c'])
  })

  it('keeps other line separators of Unicode in the data', () => {
    expect(decode('data: a\u2028b\u0085c\u000bd\n\n')).toEqual(unnamed('a\u2028b\u0085c\u000bd'))
  })
})

describe('SSEDecoder: encoding', () => {
  it('drops one byte order mark at the start, however it is cut', () => {
    const [first, second, third] = [0xef, 0xbb, 0xbf].map((byte) => Uint8Array.of(byte)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ]
    expect(decode(first, second, third, 'data: a\n\n')).toEqual(unnamed('a'))
    expect(decode('\ufeffdata: a\n\n')).toEqual(unnamed('a'))
  })

  it('keeps a byte order mark inside the data', () => {
    expect(decode('data: a\ufeffb\n\n')).toEqual(unnamed('a\ufeffb'))
  })

  it('joins a character whose bytes arrive one by one', () => {
    const bytes = encode('data: 🐦é漢\n\n')
    expect(decode(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(unnamed('🐦é漢'))
  })

  it('replaces bytes that are not UTF-8 and continues', () => {
    const bytes = Uint8Array.of(...encode('data: a'), 0xff, ...encode('b\n\ndata: c\n\n'))
    expect(decode(bytes)).toEqual(unnamed('a\ufffdb', 'c'))
  })
})

describe('SSEDecoder: end of the stream', () => {
  it.each(['data: a', 'data: a\n', 'data: a\r', 'data: a\r\n', 'data: a\n\n'])(
    'yields the unfinished event %j at the end of the stream',
    (text) => {
      expect(decode(text)).toEqual(unnamed('a'))
    },
  )

  it('replaces a character that the end of the stream cuts', () => {
    expect(decode(encode('data: 🐦').slice(0, -1))).toEqual(unnamed('\ufffd'))
  })

  it('yields nothing after the end of the stream', () => {
    const decoder = new SSEDecoder()
    decoder.end()
    expect(decoder.next()).toBeUndefined()
    expect(decoder.next()).toBeUndefined()
  })
})

describe('SSEDecoder: JSON instead of events', () => {
  const strayJSONOf = (...chunks: string[]): string | undefined => {
    const decoder = new SSEDecoder()
    for (const chunk of chunks) {
      decoder.push(encode(chunk))
      readEvents(decoder)
    }
    decoder.end()
    readEvents(decoder)
    return decoder.strayJSON
  }

  it('keeps a JSON body that arrives in several chunks', () => {
    expect(JSON.parse(strayJSONOf('{"error":"Model', ' is unloaded."}')!)).toEqual({ error: 'Model is unloaded.' })
  })

  it('keeps a JSON body of several lines', () => {
    const text = JSON.stringify({ error: { message: 'a', param: null } }, null, 2)
    expect(JSON.parse(strayJSONOf(`${text}\n`)!)).toEqual({ error: { message: 'a', param: null } })
  })

  it('keeps a JSON body after fields that are not used', () => {
    expect(strayJSONOf('retry: 1\nid: 7\n {"error":"a"}\n')).toBe(' {"error":"a"}')
  })

  it('does not mistake a text with a brace for a JSON body', () => {
    expect(strayJSONOf('hello{"error":"a"}\n')).toBeUndefined()
  })

  it('keeps a JSON body that a comment follows', () => {
    expect(JSON.parse(strayJSONOf('{"error":"a"}\n: keep-alive\n\n')!)).toEqual({ error: 'a' })
  })

  it('does not mistake lines of an event stream for a JSON body', () => {
    expect(strayJSONOf('data: {"error":"a"}\n\n: {"error":"a"}\nid: {\n')).toBeUndefined()
  })

  it('keeps a JSON body whole, with its line breaks', () => {
    const body = `{\n${'"aaaaaaaa",\n'.repeat(50_000)}"b"\n}`
    expect(strayJSONOf(body)).toBe(body)
  })
})

describe('SSEDecoder: length limit', () => {
  it('limits lines to 16 Mi characters by default', () => {
    expect(MAX_LINE_LENGTH).toBe(16_777_216)
  })

  const push = (...chunks: string[]): (string | undefined)[] => {
    const decoder = new SSEDecoder(100)
    return chunks.map((chunk) => {
      decoder.push(encode(chunk))
      return decoder.next()
    })
  }

  const times = (count: number, chunk: string): string[] => Array.from({ length: count }, () => chunk)

  it.each<[string, string[], string[]]>([
    ['the data of a line in one chunk', [`data: ${'a'.repeat(100)}\n\n`], [`data: ${'a'.repeat(101)}\n\n`]],
    [
      'a line in several chunks, with its field name',
      ['data: aaaa', ...times(9, 'a'.repeat(10))],
      ['data: aaaa', ...times(9, 'a'.repeat(10)), 'a'],
    ],
    [
      'the joined data lines of an event',
      [`data: ${'a'.repeat(49)}\n`, `data: ${'a'.repeat(50)}\n`],
      [`data: ${'a'.repeat(49)}\n`, `data: ${'a'.repeat(51)}\n`],
    ],
    [
      'lines of bare JSON',
      [`{${'a'.repeat(48)}\n`, `${'a'.repeat(50)}\n`],
      [`{${'a'.repeat(48)}\n`, `${'a'.repeat(51)}\n`],
    ],
  ])('allows 100 and rejects 101 characters in %s', (_, allowed, tooLong) => {
    expect(() => push(...allowed)).not.toThrow()
    expect(() => push(...tooLong)).toThrow(
      expect.objectContaining({ name: 'InvalidResponseError', code: 'line-too-long' }),
    )
  })

  it('does not limit the length of a stream of short events', () => {
    expect(push(...times(100, 'data: aaaaaaaaaa\n\n'))).toEqual(times(100, 'aaaaaaaaaa'))
  })

  it('names the limit', () => {
    expect(() => push(`data: ${'a'.repeat(101)}\n`)).toThrow(
      'The stream sent a line or an event longer than 100 characters.',
    )
  })

  it('does not quote a line that is too long', () => {
    expect(() => push(`data: ${'secret'.repeat(20)}\n`)).toThrow(/^(?!.*secret)/)
  })
})

describe('SSEDecoder: cost', () => {
  /** Counts the characters that string methods may have visited while `run` runs. */
  function countWork(run: () => void): number {
    const { indexOf, slice, includes, replace } = String.prototype
    let work = 0
    const spy = <A extends unknown[], R>(
      method: (this: string, ...args: A) => R,
      cost: (self: string, result: R, args: A) => number,
    ) =>
      function (this: string, ...args: A): R {
        const result = method.apply(this, args)
        work += cost(this, result, args)
        return result
      }
    const proto = String.prototype as unknown as Record<string, unknown>
    proto.indexOf = spy(indexOf, (self, result, [, from = 0]) => (result < 0 ? self.length - from : result - from + 1))
    proto.includes = spy(includes, (self, result) => (result ? 1 : self.length))
    proto.slice = spy(slice as (this: string, ...args: unknown[]) => string, (_, result) => result.length)
    try {
      run()
    } finally {
      Object.assign(proto, { indexOf, slice, includes, replace })
    }
    return work
  }

  const workForLine = (size: number, chunkSize: number): number => {
    const bytes = encode(`data: ${'a'.repeat(size)}\n\n`)
    const decoder = new SSEDecoder()
    return countWork(() => {
      for (let at = 0; at < bytes.length; at += chunkSize) {
        decoder.push(bytes.subarray(at, at + chunkSize))
        decoder.next()
      }
    })
  }

  it('does work linear in the length of a line that arrives in small chunks', () => {
    expect(workForLine(40_000, 4)).toBeLessThan(workForLine(10_000, 4) * 5)
  })

  it('does work linear in the number of events of a chunk', () => {
    const workForEvents = (count: number): number => {
      const bytes = encode('data: {"a":1}\n\n'.repeat(count))
      const decoder = new SSEDecoder()
      return countWork(() => {
        decoder.push(bytes)
        readEvents(decoder)
      })
    }
    expect(workForEvents(4_000)).toBeLessThan(workForEvents(1_000) * 5)
  })
})
