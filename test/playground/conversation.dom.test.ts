import { createLMStudio, memoryCache, type LMStudioProvider } from 'lmstudio-provider'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createConversation, type Conversation } from '../../playground/src/conversation.js'
import type { AnswerView } from '../../playground/src/views/answer.js'
import { response } from './models.js'

const bodies: { readonly messages: unknown }[] = []
let chunks: readonly string[] = []
let isHeld = false
let conversation: Conversation
let provider: LMStudioProvider

const delta = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta: { content } }] })}\n\n`
const END = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'

/** A server of one answer: the pieces, and then the end or silence. */
function answer(_url: unknown, init: RequestInit = {}): Promise<Response> {
  bodies.push(JSON.parse(String(init.body)) as { messages: unknown })
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(chunks.map(delta).join('')))
      if (isHeld) return
      controller.enqueue(new TextEncoder().encode(END))
      controller.close()
    },
  })
  return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }))
}

const createView = () => ({
  think: vi.fn<AnswerView['think']>(),
  say: vi.fn<AnswerView['say']>(),
  finish: vi.fn<AnswerView['finish']>(),
  stop: vi.fn<AnswerView['stop']>(),
  fail: vi.fn<AnswerView['fail']>(),
})

beforeEach(() => {
  bodies.length = 0
  chunks = ['one ', 'two']
  isHeld = false
  conversation = createConversation()
  provider = createLMStudio({ fetch: answer as typeof fetch, cache: memoryCache() })
})

describe('a conversation', () => {
  test('tells the view every piece, and the whole at the end', async () => {
    const view = createView()
    await conversation.send(provider, 'm', 'Count.', view)
    expect(view.say.mock.calls.flat()).toEqual(chunks)
    expect(view.finish).toHaveBeenCalledWith(expect.objectContaining({ text: 'one two', finishReason: 'stop' }))
    expect(view.fail).not.toHaveBeenCalled()
  })

  test('sends what was said before, and nothing of it after it was cleared', async () => {
    await conversation.send(provider, 'm', 'Count.', createView())
    await conversation.send(provider, 'm', 'Go on.', createView())
    expect(bodies[1]?.messages).toEqual([
      { role: 'user', content: 'Count.' },
      { role: 'assistant', content: 'one two' },
      { role: 'user', content: 'Go on.' },
    ])
    conversation.clear()
    await conversation.send(provider, 'm', 'Anew.', createView())
    expect(bodies[2]?.messages).toEqual([{ role: 'user', content: 'Anew.' }])
  })

  test('that is stopped keeps what had come, without an error', async () => {
    isHeld = true
    const view = createView()
    view.say.mockImplementation((text) => {
      if (text === 'two') conversation.stop()
    })
    await conversation.send(provider, 'm', 'Count.', view)
    expect(view.stop).toHaveBeenCalledOnce()
    expect(view.fail).not.toHaveBeenCalled()
    isHeld = false
    await conversation.send(provider, 'm', 'Go on.', createView())
    expect(bodies[1]?.messages).toContainEqual({ role: 'assistant', content: 'one two' })
  })

  test('ends the answer before when the next message is sent', async () => {
    isHeld = true
    const first = createView()
    const second = createView()
    let next: Promise<void> | undefined
    first.say.mockImplementation((text) => {
      if (text !== 'two') return
      isHeld = false
      next = conversation.send(provider, 'm', 'Rather this.', second)
    })
    await conversation.send(provider, 'm', 'Count.', first)
    await next
    expect(first.stop).toHaveBeenCalledOnce()
    expect(second.finish).toHaveBeenCalledWith(expect.objectContaining({ text: response({ text: 'one two' }).text }))
  })

  test('hands an error to the view', async () => {
    const view = createView()
    const broken = createLMStudio({ fetch: () => Promise.resolve(new Response('no', { status: 400 })), maxRetries: 0 })
    await conversation.send(broken, 'm', 'Count.', view)
    expect(view.fail).toHaveBeenCalledWith(expect.objectContaining({ name: 'InvalidRequestError' }))
  })
})
