import { createLMStudio, type LMStudioProvider } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { png } from '../helpers/images.js'
import { caught } from './support/caught.js'
import { MODEL } from './support/provider.js'

type Image = Uint8Array | ArrayBuffer

describe('a request', () => {
  const unreadable = {
    get model(): string {
      throw new Error('mine')
    },
    input: 'x',
    prompt: 'x',
  }
  const lmstudio = createLMStudio({ fetch: () => Promise.reject(new Error('sent')) })

  test.each(['respond', 'complete', 'chat', 'completeText', 'embed'] as const)(
    'with a property that throws rejects the promise of %s',
    async (method) => {
      let promise: Promise<unknown> | undefined
      expect(() => (promise = lmstudio[method](unreadable))).not.toThrow()
      expect(await caught(promise!)).toBeInstanceOf(Error)
    },
  )

  test.each(['streamRespond', 'stream', 'streamChat', 'streamCompleteText'] as const)(
    'with a property that throws rejects when the stream of %s is read',
    async (method) => {
      let stream: { response: Promise<unknown> } | undefined
      expect(() => (stream = lmstudio[method](unreadable))).not.toThrow()
      expect(await caught(stream!.response)).toBeInstanceOf(Error)
    },
  )
})

/** Every call that takes an image. */
const IMAGE_CALLS: readonly [string, (lmstudio: LMStudioProvider, image: Image) => Promise<unknown>][] = [
  ['chat', (lmstudio, image) => lmstudio.chat({ model: MODEL, input: [{ type: 'image', image }] })],
  [
    'streamChat',
    (lmstudio, image) => lmstudio.streamChat({ model: MODEL, input: [{ type: 'image', image }] }).response,
  ],
  ['respond', (lmstudio, image) => lmstudio.respond({ model: MODEL, input: messages(image) })],
  ['complete', (lmstudio, image) => lmstudio.complete({ model: MODEL, messages: messages(image) })],
]

const messages = (image: Image) => [{ role: 'user', content: [{ type: 'image', image }] }] as const

describe.each(IMAGE_CALLS)('the bytes of an image in %s', (_name, call) => {
  test.each(['Uint8Array', 'ArrayBuffer'] as const)('can be overwritten after the call: %s', async (type) => {
    const bodies: string[] = []
    const fetch = async (_url: unknown, init?: RequestInit) => {
      bodies.push(String(init?.body))
      return Response.json({ error: 'no' }, { status: 400 })
    }
    const bytes = png(2, 2)
    const running = caught(call(createLMStudio({ fetch }), type === 'ArrayBuffer' ? bytes.buffer : bytes))
    bytes.fill(0)
    await running
    expect(bodies).toEqual([expect.stringContaining(Buffer.from(png(2, 2)).toString('base64'))])
  })
})
