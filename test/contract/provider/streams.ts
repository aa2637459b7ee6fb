import type { CompletionEvent } from 'lmstudio-provider'
import { MODEL, type Bench, type Case } from '../contract.js'

const LINE_ENDINGS = { LF: '\n', CRLF: '\r\n', CR: '\r' } as const

/** Opens a stream that stalls after its first two deltas. */
async function stalledStream({ mock, create }: Bench, signal?: AbortSignal) {
  await mock.setReply({ reasoning: '', deltas: ['one ', 'two ', 'three'] })
  await mock.inject({ name: 'stall', afterEvents: 2 })
  return create().stream({ model: MODEL, prompt: 'Count.' }, signal === undefined ? {} : { signal })
}

export const streamCases: readonly Case[] = [
  {
    name: 'stream emits completion-start, the deltas and completion-end with the complete response',
    async run({ create, assert, mock }) {
      await mock.setReply({ reasoning: '', deltas: ['one ', 'two ', 'three'] })
      const events: CompletionEvent[] = []
      for await (const event of create().stream({ model: MODEL, prompt: 'Count.' })) events.push(event)
      const types = events.map(({ type }) => type)
      assert.equal(types, ['completion-start', 'text-delta', 'text-delta', 'text-delta', 'completion-end'])
      const end = events.find((event) => event.type === 'completion-end')
      assert.equal([end?.response.text, end?.response.finishReason], ['one two three', 'stop'])
    },
  },
  {
    name: 'textStream emits only text',
    async run({ create, assert, mock }) {
      await mock.setReply({ reasoning: 'Hm.', deltas: ['one ', 'two'] })
      const deltas: string[] = []
      for await (const text of create().stream({ model: MODEL, prompt: 'Count.' }).textStream) deltas.push(text)
      assert.equal(deltas, ['one ', 'two'])
    },
  },
  {
    name: 'awaiting `response` reads the stream to its end',
    async run({ create, assert }) {
      const { text, stats } = await create().stream({ model: MODEL, prompt: 'echo: by itself' }).response
      assert.equal(text, 'by itself')
      assert.ok((stats.timeToFirstTokenMs ?? -1) >= 0, 'a time to the first token')
    },
  },
  {
    name: '`response` resolves to the response of the last event',
    async run({ create, assert }) {
      const stream = create().stream({ model: MODEL, prompt: 'echo: twice' })
      let last: unknown
      for await (const event of stream) if (event.type === 'completion-end') last = event.response
      assert.ok(last === (await stream.response), 'the same response')
    },
  },
  {
    name: 'toReadableStream emits the same events',
    async run({ create, assert }) {
      const reader = create().stream({ model: MODEL, prompt: 'echo: web' }).toReadableStream().getReader()
      let text = ''
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        const event = JSON.parse(new TextDecoder().decode(next.value)) as { type: string; text?: string }
        if (event.type === 'text-delta') text += event.text
      }
      assert.equal(text, 'web')
    },
  },
  {
    name: 'a stream rejects a second consumer',
    async run({ create, assert, library }) {
      const stream = create().stream({ model: MODEL, prompt: 'Hello.' })
      for await (const _event of stream);
      await assert.fails(async () => {
        for await (const _event of stream);
      }, library.InvalidRequestError)
    },
  },
  {
    name: 'leaving the loop closes the connection',
    async run(bench) {
      for await (const event of await stalledStream(bench)) if (event.type === 'text-delta') break
      bench.assert.equal(await bench.mock.ending(), 'aborted')
    },
  },
  {
    name: 'abort() rejects the loop and `response` and closes the connection',
    async run(bench) {
      const { assert } = bench
      const stream = await stalledStream(bench)
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
    name: 'a stream rejects with the reason of the caller’s signal, unwrapped',
    async run(bench) {
      const { assert, mock } = bench
      const caller = new AbortController()
      const stream = await stalledStream(bench, caller.signal)
      const failure = assert.fails(async () => {
        for await (const _event of stream);
      })
      await mock.whenHeld()
      const reason = { enough: true }
      caller.abort(reason)
      assert.ok((await failure) === reason, 'the same reason')
      assert.equal(await mock.ending(), 'aborted')
    },
  },
  {
    name: 'canceling the web stream closes the connection',
    async run(bench) {
      const reader = (await stalledStream(bench)).toReadableStream().getReader()
      await reader.read()
      await reader.cancel()
      bench.assert.equal(await bench.mock.ending(), 'aborted')
    },
  },
  {
    name: 'a stream whose signal is already aborted sends nothing',
    async run({ create, assert, mock }) {
      const signal = AbortSignal.abort('too late')
      const error = await assert.fails(() => create().stream({ model: MODEL, prompt: 'Hello.' }, { signal }).response)
      assert.equal(error, 'too late')
      assert.equal(await mock.calls(), [])
    },
  },
  ...Object.entries(LINE_ENDINGS).map(([name, lineEnding]): Case => ({
    name: `a stream is read with ${name} line ends, comments and cuts inside characters`,
    async run({ create, assert, mock }) {
      await mock.configure({ framing: { lineEnding, comments: true, chunkBytes: 3 } })
      await mock.setReply({ reasoning: '', text: 'Grüße vom Meer 🌊' })
      const { text } = await create().stream({ model: MODEL, prompt: 'Hello.' }).response
      assert.equal(text, 'Grüße vom Meer 🌊')
    },
  })),
  ...(['no-done', 'no-final-newline', 'null-error', 'json-instead-of-stream'] as const).map((fault): Case => ({
    name: `a stream with the quirk ${fault} completes`,
    async run({ create, assert, mock }) {
      await mock.inject(fault)
      const { text } = await create().stream({ model: MODEL, prompt: 'echo: all of it' }).response
      assert.equal(text, 'all of it')
    },
  })),
]
