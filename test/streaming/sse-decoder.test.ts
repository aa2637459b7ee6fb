import { describe, expect, it } from 'vitest'
import { InvalidResponseError } from '../../src/errors/index.js'
import { MAX_LINE_LENGTH, SSEDecoder } from '../../src/streaming/sse-decoder.js'
import { encode } from '../helpers/bytes.js'

interface Event {
  readonly event: string
  readonly data: string
}

function drain(decoder: SSEDecoder): Event[] {
  const events: Event[] = []
  for (let data = decoder.next(); data !== undefined; data = decoder.next()) events.push({ event: decoder.event, data })
  return events
}

function decode(...blocks: (string | Uint8Array)[]): Event[] {
  const decoder = new SSEDecoder()
  const events = blocks.flatMap((block) => {
    decoder.push(typeof block === 'string' ? encode(block) : block)
    return drain(decoder)
  })
  decoder.end()
  return [...events, ...drain(decoder)]
}

const data = (...texts: string[]): Event[] => texts.map((text) => ({ event: '', data: text }))

describe('fields', () => {
  it.each([
    ['one space after the colon is syntax', 'data: x\n\n', 'x'],
    ['a value without the space is the same', 'data:x\n\n', 'x'],
    ['a second space is content', 'data:  x\n\n', ' x'],
    ['a tab is content', 'data:\tx\n\n', '\tx'],
    ['colons in the value are content', 'data: a:b: c\n\n', 'a:b: c'],
    ['several data lines are joined by line feeds', 'data: a\ndata: b\ndata:c\n\n', 'a\nb\nc'],
    ['a data line without a colon is an empty one', 'data: a\ndata\ndata: b\n\n', 'a\n\nb'],
    ['two empty data lines hold one line feed', 'data\ndata\n\n', '\n'],
    ['comments are passed over', ': keep-alive\n:\n:x\ndata: a\n: in between\ndata: b\n\n', 'a\nb'],
    ['id and retry are passed over', 'id: 7\nretry: 100\ndata: a\n\n', 'a'],
    ['an unknown field is passed over', 'datum: 1\nDATA: 2\ndata : 3\ndata: a\n\n', 'a'],
    ['a field name that only begins like data is another one', 'data-x: 1\ndata: a\n\n', 'a'],
    ['a leading space makes another field name', ' data: 1\ndata: a\n\n', 'a'],
  ])('%s', (_, text, expected) => {
    expect(decode(text)).toEqual(data(expected))
  })

  it('gives each event its name, which does not pass to the next one', () => {
    expect(decode('event: one\ndata: a\n\ndata: b\n\nevent:two\ndata: c\n\n')).toEqual([
      { event: 'one', data: 'a' },
      { event: '', data: 'b' },
      { event: 'two', data: 'c' },
    ])
  })

  it('takes the last of several names, wherever it stands in the event', () => {
    expect(decode('event: one\ndata: a\nevent: two\n\n')).toEqual([{ event: 'two', data: 'a' }])
  })

  it('takes a name line without a colon as the empty name', () => {
    expect(decode('event: one\nevent\ndata: a\n\n')).toEqual(data('a'))
  })

  it('forgets the name of an event that had no data', () => {
    expect(decode('event: lost\n\ndata: a\n\n')).toEqual(data('a'))
  })

  it.each(['data\n\n', 'data:\n\n', 'data: \n\n', 'event: x\ndata:\n\n', '\n\n\n', ': only a comment\n\n', ''])(
    'dispatches nothing for %j',
    (text) => {
      expect(decode(text)).toEqual([])
      expect(decode(`${text}data: a\n\n`).at(-1)?.data).toBe('a')
    },
  )
})

describe('line ends', () => {
  it.each(['\n', '\r', '\r\n'])('reads lines that end with %j', (end) => {
    const text = ['event: e', 'data: a', 'data: b', '', ': c', 'data: d', '', ''].join(end)
    expect(decode(text)).toEqual([{ event: 'e', data: 'a\nb' }, ...data('d')])
    expect(decode(...text)).toEqual([{ event: 'e', data: 'a\nb' }, ...data('d')])
  })

  it('reads all three kinds mixed in one stream', () => {
    expect(decode('data: a\r\ndata: b\rdata: c\n\r\ndata: d\r\rdata: e\n\n')).toEqual(data('a\nb\nc', 'd', 'e'))
  })

  it('takes a CRLF cut between its halves as one line end', () => {
    expect(decode('data: a\r', '\ndata: b\r', '\n\r', '\ndata: c\r\n\r\n')).toEqual(data('a\nb', 'c'))
  })

  it('takes a CRLF cut by an empty block as one line end', () => {
    expect(decode('data: a\r', '', '\ndata: b\n\n')).toEqual(data('a\nb'))
  })

  it('does not wait for a line feed that may never come after a CR', () => {
    const decoder = new SSEDecoder()
    decoder.push(encode('data: a\r\r'))
    expect(decoder.next()).toBe('a')
  })

  it('gives an event as soon as its blank line is there, not earlier', () => {
    const decoder = new SSEDecoder()
    decoder.push(encode('data: a\n'))
    expect(decoder.next()).toBeUndefined()
    decoder.push(encode('\n'))
    expect(decoder.next()).toBe('a')
    expect(decoder.next()).toBeUndefined()
  })

  it('keeps blocks that are pushed before the events of the first are read', () => {
    const decoder = new SSEDecoder()
    decoder.push(encode('data: a\n\nda'))
    decoder.push(encode('ta: b\n'))
    expect(decoder.next()).toBe('a')
    decoder.push(encode('\ndata: c\n\n'))
    expect(drain(decoder).map((event) => event.data)).toEqual(['b', 'c'])
  })

  it('leaves other kinds of line separators in the data', () => {
    expect(decode('data: a\u2028b\u0085c\u000bd\n\n')).toEqual(data('a\u2028b\u0085c\u000bd'))
  })
})

describe('bytes', () => {
  it('drops one byte order mark at the beginning, however it is cut', () => {
    const [first, second, third] = [0xef, 0xbb, 0xbf].map((byte) => Uint8Array.of(byte)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ]
    expect(decode(first, second, third, 'data: a\n\n')).toEqual(data('a'))
    expect(decode('\ufeffdata: a\n\n')).toEqual(data('a'))
  })

  it('keeps a byte order mark inside the data', () => {
    expect(decode('data: a\ufeffb\n\n')).toEqual(data('a\ufeffb'))
  })

  it('puts a character together whose bytes come one by one', () => {
    const bytes = encode('data: 🐦é漢\n\n')
    expect(decode(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(data('🐦é漢'))
  })

  it('replaces bytes that are not UTF-8 and goes on', () => {
    const bytes = Uint8Array.of(...encode('data: a'), 0xff, ...encode('b\n\ndata: c\n\n'))
    expect(decode(bytes)).toEqual(data('a\ufffdb', 'c'))
  })
})

describe('the end', () => {
  it.each(['data: a', 'data: a\n', 'data: a\r', 'data: a\r\n', 'data: a\n\n'])(
    'counts what is left of %j as an event',
    (text) => {
      expect(decode(text)).toEqual(data('a'))
    },
  )

  it('shows a character cut by the end as a replacement character', () => {
    expect(decode(encode('data: 🐦').slice(0, -1))).toEqual(data('\ufffd'))
  })

  it('gives nothing more afterwards', () => {
    const decoder = new SSEDecoder()
    decoder.end()
    expect(decoder.next()).toBeUndefined()
    expect(decoder.next()).toBeUndefined()
  })
})

describe('bare JSON', () => {
  const stray = (...blocks: string[]): string | undefined => {
    const decoder = new SSEDecoder()
    for (const block of blocks) {
      decoder.push(encode(block))
      drain(decoder)
    }
    decoder.end()
    drain(decoder)
    return decoder.strayJSON
  }

  it('keeps a JSON body that came instead of events', () => {
    expect(JSON.parse(stray('{"error":"Model', ' is unloaded."}')!)).toEqual({ error: 'Model is unloaded.' })
  })

  it('keeps a JSON body printed over several lines', () => {
    const text = JSON.stringify({ error: { message: 'a', param: null } }, null, 2)
    expect(JSON.parse(stray(`${text}\n`)!)).toEqual({ error: { message: 'a', param: null } })
  })

  it('keeps a JSON body that is followed by a comment', () => {
    expect(JSON.parse(stray('{"error":"a"}\n: keep-alive\n\n')!)).toEqual({ error: 'a' })
  })

  it('takes no event-stream line for JSON', () => {
    expect(stray('data: {"error":"a"}\n\n: {"error":"a"}\nid: {\n')).toBeUndefined()
  })

  it('keeps at most a bounded part of a body of many lines', () => {
    expect(stray(`{\n${'"aaaaaaaa",\n'.repeat(50_000)}`)!.length).toBeLessThan(70_000)
  })
})

describe('limits', () => {
  const tooLong = (run: () => unknown): void => {
    expect(run).toThrow(expect.objectContaining({ code: 'line-too-long' }))
    expect(run).toThrow(InvalidResponseError)
  }

  it('allows 16 Mi characters unless told otherwise', () => {
    expect(MAX_LINE_LENGTH).toBe(16 * 1024 * 1024)
  })

  it('refuses a line that goes on without end', () => {
    tooLong(() => {
      const decoder = new SSEDecoder(100)
      for (let count = 0; count < 20; count++) {
        decoder.push(encode('data: aaaa'))
        decoder.next()
      }
    })
  })

  it('refuses an event of endlessly many short lines', () => {
    tooLong(() => {
      const decoder = new SSEDecoder(100)
      for (let count = 0; count < 30; count++) {
        decoder.push(encode('data: aaaa\n'))
        decoder.next()
      }
    })
  })

  it('refuses a line that is too long in one block', () => {
    tooLong(() => {
      const decoder = new SSEDecoder(100)
      decoder.push(encode(`data: ${'a'.repeat(101)}\n\n`))
      decoder.next()
    })
  })

  it('does not quote what was too long', () => {
    const decoder = new SSEDecoder(10)
    expect(() => decoder.push(encode('data: the secret of the sea'))).toThrow(/^(?!.*secret)/)
  })

  it('takes a line and an event of exactly the allowed length', () => {
    const decoder = new SSEDecoder(100)
    decoder.push(encode(`data: ${'a'.repeat(100)}\n\n`))
    expect(decoder.next()).toHaveLength(100)
  })

  it('does not count the length of a stream of short events', () => {
    const decoder = new SSEDecoder(100)
    for (let count = 0; count < 100; count++) {
      decoder.push(encode('data: aaaaaaaaaa\n\n'))
      expect(decoder.next()).toBe('aaaaaaaaaa')
    }
  })
})

describe('cost', () => {
  /** Characters that searching or slicing strings may have had to look at, while `run` runs. */
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

  const workFor = (size: number, blockSize: number): number => {
    const bytes = encode(`data: ${'a'.repeat(size)}\n\n`)
    const decoder = new SSEDecoder()
    return countWork(() => {
      for (let at = 0; at < bytes.length; at += blockSize) {
        decoder.push(bytes.subarray(at, at + blockSize))
        decoder.next()
      }
    })
  }

  it('grows with the length of a line, not with its square, however small the blocks are', () => {
    expect(workFor(40_000, 4)).toBeLessThan(workFor(10_000, 4) * 5)
  })

  it('grows with the number of events in a block, not with its square', () => {
    const workForEvents = (count: number): number => {
      const bytes = encode('data: {"a":1}\n\n'.repeat(count))
      const decoder = new SSEDecoder()
      return countWork(() => {
        decoder.push(bytes)
        drain(decoder)
      })
    }
    expect(workForEvents(4_000)).toBeLessThan(workForEvents(1_000) * 5)
  })
})
