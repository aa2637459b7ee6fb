import type { CompletionEvent } from 'lmstudio-provider'
import { MODEL, type Bench, type Case } from '../contract.js'

const LINE_ENDINGS = { LF: '\n', CRLF: '\r\n', CR: '\r' } as const

/** A stream that waits after its first two pieces of text. */
async function heldStream({ mock, create }: Bench, signal?: AbortSignal) {
  await mock.answerWith({ reasoning: '', deltas: ['one ', 'two ', 'three'] })
  await mock.inject({ name: 'stall', afterEvents: 2 })
  return create().stream({ model: MODEL, prompt: 'Count.' }, signal === undefined ? {} : { signal })
}

export const streamCases: readonly Case[] = [
  {
    name: 'a stream begins with completion-start, brings its text in pieces and ends with the whole answer',
    async run({ create, assert, mock }) {
      await mock.answerWith({ reasoning: '', deltas: ['one ', 'two ', 'three'] })
      const events: CompletionEvent[] = []
      for await (const event of create().stream({ model: MODEL, prompt: 'Count.' })) events.push(event)
      const types = events.map(({ type }) => type)
      assert.equal(types, ['completion-start', 'text-delta', 'text-delta', 'text-delta', 'completion-end'])
      const end = events.find((event) => event.type === 'completion-end')
      assert.equal([end?.response.text, end?.response.finishReason], ['one two three', 'stop'])
    },
  },
  {
    name: 'textStream gives the text alone',
    async run({ create, assert, mock }) {
      await mock.answerWith({ reasoning: 'Hm.', deltas: ['one ', 'two'] })
      const pieces: string[] = []
      for await (const text of create().stream({ model: MODEL, prompt: 'Count.' }).textStream) pieces.push(text)
      assert.equal(pieces, ['one ', 'two'])
    },
  },
  {
    name: 'awaiting response alone reads the stream to its end',
    async run({ create, assert }) {
      const { text, stats } = await create().stream({ model: MODEL, prompt: 'echo: by itself' }).response
      assert.equal(text, 'by itself')
      assert.ok((stats.timeToFirstTokenMs ?? -1) >= 0, 'a time to the first token')
    },
  },
  {
    name: 'response is there after the loop, the same as the last event has it',
    async run({ create, assert }) {
      const stream = create().stream({ model: MODEL, prompt: 'echo: twice' })
      let told: unknown
      for await (const event of stream) if (event.type === 'completion-end') told = event.response
      assert.ok(told === (await stream.response), 'the same response')
    },
  },
  {
    name: 'a stream as a web stream gives the same events',
    async run({ create, assert }) {
      const reader = create().stream({ model: MODEL, prompt: 'echo: web' }).toReadableStream().getReader()
      let text = ''
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        if (next.value.type === 'text-delta') text += next.value.text
      }
      assert.equal(text, 'web')
    },
  },
  {
    name: 'a second consumer is refused',
    async run({ create, assert, library }) {
      const stream = create().stream({ model: MODEL, prompt: 'Hello.' })
      for await (const _event of stream);
      await assert.fails(async () => {
        for await (const _event of stream);
      }, library.InvalidRequestError)
    },
  },
  {
    name: 'leaving the loop closes the connection, and the server sees it',
    async run(bench) {
      for await (const event of await heldStream(bench)) if (event.type === 'text-delta') break
      bench.assert.equal(await bench.mock.ending(), 'aborted')
    },
  },
  {
    name: 'abort() rejects the loop and the response, and the server sees it',
    async run(bench) {
      const { assert } = bench
      const stream = await heldStream(bench)
      let text = ''
      const error = await assert.fails(async () => {
        for await (const event of stream) {
          if (event.type === 'text-delta') text += event.text
          if (text === 'one two ') stream.abort()
        }
      })
      assert.equal((error as Error).name, 'AbortError')
      assert.ok((await assert.fails(() => stream.response)) === error, 'the same reason')
      assert.equal(await bench.mock.ending(), 'aborted')
    },
  },
  {
    name: "the caller's signal rejects with its own reason, unwrapped",
    async run(bench) {
      const { assert, mock } = bench
      const caller = new AbortController()
      const stream = await heldStream(bench, caller.signal)
      const failure = assert.fails(async () => {
        for await (const _event of stream);
      })
      await mock.whenHeld()
      const reason = { enough: true }
      caller.abort(reason)
      assert.ok((await failure) === reason, 'the very reason')
      assert.equal(await mock.ending(), 'aborted')
    },
  },
  {
    name: 'cancelling the web stream closes the connection',
    async run(bench) {
      const reader = (await heldStream(bench)).toReadableStream().getReader()
      await reader.read()
      await reader.cancel()
      bench.assert.equal(await bench.mock.ending(), 'aborted')
    },
  },
  {
    name: 'a signal that is aborted already sends nothing',
    async run({ create, assert, mock }) {
      const signal = AbortSignal.abort('too late')
      const error = await assert.fails(() => create().stream({ model: MODEL, prompt: 'Hello.' }, { signal }).response)
      assert.equal(error, 'too late')
      assert.equal(await mock.calls(), [])
    },
  },
  ...Object.entries(LINE_ENDINGS).map(([name, lineEnding]): Case => ({
    name: `lines that end in ${name}, comments and cuts inside characters change nothing`,
    async run({ create, assert, mock }) {
      await mock.configure({ framing: { lineEnding, comments: true, chunkBytes: 3 } })
      await mock.answerWith({ reasoning: '', text: 'Grüße vom Meer 🌊' })
      const { text } = await create().stream({ model: MODEL, prompt: 'Hello.' }).response
      assert.equal(text, 'Grüße vom Meer 🌊')
    },
  })),
  ...(['no-done', 'no-final-newline', 'null-error', 'json-instead-of-stream'] as const).map((fault): Case => ({
    name: `a stream with the quirk ${fault} is read to its end`,
    async run({ create, assert, mock }) {
      await mock.inject(fault)
      const { text } = await create().stream({ model: MODEL, prompt: 'echo: all of it' }).response
      assert.equal(text, 'all of it')
    },
  })),
]
