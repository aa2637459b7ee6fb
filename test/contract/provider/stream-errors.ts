import type { MockFault } from '../../../src/testing/index.js'
import { MODEL, type Bench, type Case } from '../contract.js'

const FORMS = [
  'object-and-message',
  'event-error',
  'string',
  'string-then-done',
  'object-then-done',
  'bare-text',
] as const

type ErrorName = Extract<keyof Bench['library'], `${string}Error`>

/** Streams that break after two deltas, and the error that has these as its partial text. */
const BROKEN: readonly (readonly [what: string, fault: MockFault, error: ErrorName])[] = [
  ['that is cut', 'cut', 'StreamInterruptedError'],
  ['that is cut inside a character', 'cut-mid-character', 'StreamInterruptedError'],
  ['with a line without an end', { name: 'huge-line', afterEvents: 2 }, 'InvalidResponseError'],
  ['whose engine crashes', 'crash', 'ModelLoadError'],
  ['whose model is unloaded', { name: 'model-unloaded', afterEvents: 2 }, 'ModelLoadError'],
  ...FORMS.map(
    (form) => [`with an error in the form ${form}`, { name: 'error-frame', form }, 'ModelLoadError'] as const,
  ),
]

export const streamErrorCases: readonly Case[] = [
  ...BROKEN.map(([what, fault, name]): Case => ({
    name: `a stream ${what} rejects with ${name} and the partial text`,
    async run({ create, assert, mock, library }) {
      await mock.setReply({ reasoning: '', deltas: ['one ', 'two ', 'three'] })
      await mock.inject(fault)
      const stream = create().stream({ model: MODEL, prompt: 'Count.' })
      let text = ''
      const error = await assert.fails(async () => {
        for await (const event of stream) if (event.type === 'text-delta') text += event.text
      }, library[name])
      assert.equal(text, 'one two ')
      assert.equal((error as { partial?: { text?: string } }).partial?.text, 'one two ')
      assert.ok((await assert.fails(() => stream.response)) === error, 'the same error from response')
    },
  })),
  {
    name: 'a stream whose connection breaks rejects with StreamInterruptedError and the partial text',
    async run({ create, assert, mock, library }) {
      await mock.setReply({ reasoning: '', deltas: ['one ', 'two ', 'three'] })
      await mock.inject({ name: 'stall', afterEvents: 2 })
      const stream = create().stream({ model: MODEL, prompt: 'Count.' })
      let text = ''
      const error = await assert.fails(async () => {
        for await (const event of stream) {
          if (event.type === 'text-delta') text += event.text
          if (text === 'one two ') await mock.close()
        }
      }, library.StreamInterruptedError)
      assert.equal(error.partial?.text, 'one two ')
    },
  },
  {
    name: 'a stream rejects when its first event is an error',
    async run({ create, assert, mock, library }) {
      await mock.inject({ name: 'error-frame', afterEvents: 0 })
      await assert.fails(() => create().stream({ model: MODEL, prompt: 'Hello.' }).response, library.ApiError)
    },
  },
  {
    name: 'a stream that breaks is not retried',
    async run({ create, assert, mock }) {
      await mock.inject('cut')
      await assert.fails(() => create({ maxRetries: 3 }).stream({ model: MODEL, prompt: 'Hello.' }).response)
      assert.equal((await mock.calls()).length, 1)
    },
  },
]
