import { describe, expect, it, vi } from 'vitest'
import { InvalidRequestError, InvalidResponseError } from '../../src/errors/index.js'
import { createResponseStream } from '../../src/streaming/event-stream.js'
import { createConversation } from '../../src/native-chat/conversation.js'
import type { ChatEvent, ChatRequest, ChatResponse, SavedConversation } from '../../src/native-chat/types.js'
import type { CallOptions } from '../../src/config/options.js'
import { raceAbort } from '../../src/utils/abort.js'
import { deferred, settle } from '../helpers/deferred.js'
import { rejectionOf, thrownBy } from '../helpers/provider-errors.js'

const settings = { model: 'acme/tern-4b', system: 'Be brief.', temperature: 0 } as const

const answer = (number: number): ChatResponse => ({ responseId: `resp_${number}`, text: `Answer ${number}.` }) as never

/** A provider that counts its answers and keeps what it was asked. */
function fake(make: (number: number) => ChatResponse | Promise<ChatResponse> = answer) {
  const requests: ChatRequest[] = []
  const ask = async (request: ChatRequest) => make(requests.push(request))
  return {
    requests,
    chat: vi.fn(async (request: ChatRequest, _options?: CallOptions) => ask(request)),
    streamChat: vi.fn((request: ChatRequest, options?: CallOptions) =>
      createResponseStream<ChatEvent, ChatResponse>(async function* (signal) {
        const response = await raceAbort(ask(request), signal)
        yield [
          { type: 'text-delta', text: response.text },
          { type: 'chat-end', response },
        ]
        return response
      }, options?.signal),
    ),
  }
}

const drain = async (stream: AsyncIterable<ChatEvent>): Promise<void> => {
  for await (const _event of stream);
}

describe('turns', () => {
  it('go on from the one before, with the system prompt on the first alone', async () => {
    const provider = fake()
    const conversation = createConversation(provider, settings)
    await conversation.send('One.')
    await conversation.stream('Two.').response
    await conversation.send([{ type: 'text', text: 'Three.' }])
    const model = { model: 'acme/tern-4b', temperature: 0, store: true }
    expect(provider.requests).toEqual([
      { ...model, system: 'Be brief.', input: 'One.' },
      { ...model, input: 'Two.', previousResponseId: 'resp_1' },
      { ...model, input: [{ type: 'text', text: 'Three.' }], previousResponseId: 'resp_2' },
    ])
    expect(conversation.turns).toEqual([
      { responseId: 'resp_1', input: 'One.', text: 'Answer 1.' },
      { responseId: 'resp_2', input: 'Two.', text: 'Answer 2.' },
      { responseId: 'resp_3', input: 'Three.', text: 'Answer 3.' },
    ])
  })

  it('keep the reasoning, and of parts the texts', async () => {
    const conversation = createConversation(
      fake((number) => ({ ...answer(number), reasoning: 'Hm.' })),
      settings,
    )
    const image = { type: 'image', image: 'data:image/png;base64,AA==' } as const
    await conversation.send([{ type: 'text', text: 'This' }, image, { type: 'text', text: 'bird?' }])
    expect(conversation.turns[0]).toMatchObject({ input: 'This\nbird?', reasoning: 'Hm.' })
    expect(JSON.stringify(conversation)).not.toContain('base64')
  })

  it('hand the options of the call on', async () => {
    const provider = fake()
    const options = { timeout: 5 }
    const conversation = createConversation(provider, settings)
    await conversation.send('One.', options)
    await conversation.stream('Two.', options).response
    expect(provider.chat.mock.calls[0]?.[1]).toBe(options)
    expect(provider.streamChat.mock.calls[0]?.[1]).toBe(options)
  })

  it('cannot be changed from outside', async () => {
    const conversation = createConversation(fake(), settings)
    await conversation.send('One.')
    ;(conversation.turns as unknown[]).pop()
    ;(conversation.toJSON().turns as unknown[]).pop()
    expect(conversation.turns).toHaveLength(1)
  })
})

describe('a turn that does not end well leaves the conversation where it was', () => {
  const failing = (number: number) => (number === 2 ? Promise.reject(new Error('broken')) : answer(number))

  it.each(['send', 'stream'] as const)('when %s fails', async (method) => {
    const provider = fake(failing)
    const conversation = createConversation(provider, settings)
    await conversation.send('One.')
    const call = method === 'send' ? conversation.send('Two.') : conversation.stream('Two.').response
    expect(await rejectionOf(call)).toMatchObject({ message: 'broken' })
    expect(conversation.turns).toHaveLength(1)
    await conversation.send('Again.')
    expect(provider.requests.at(-1)).toMatchObject({ previousResponseId: 'resp_1' })
  })

  it('when the stream is left', async () => {
    const conversation = createConversation(fake(), settings)
    for await (const _event of conversation.stream('One.')) break
    expect(conversation.turns).toEqual([])
    await conversation.send('Two.')
    expect(conversation.turns).toHaveLength(1)
  })

  it('when it is aborted, by its own means, the signal of the caller, or before it began', async () => {
    const caller = new AbortController()
    const conversation = createConversation(
      fake(() => new Promise(() => {})),
      settings,
    )
    for (const abort of [
      (stream: { abort(reason?: unknown): void }) => stream.abort('enough'),
      () => caller.abort('enough'),
    ]) {
      const stream = conversation.stream('One.', { signal: caller.signal })
      const failure = rejectionOf(stream.response)
      await settle()
      abort(stream)
      expect(await failure).toBe('enough')
    }
    expect(await rejectionOf(conversation.stream('One.', { signal: caller.signal }).response)).toBe('enough')
    expect(conversation.turns).toEqual([])
    // Nobody is in the way.
    const stream = conversation.stream('Two.')
    const failure = rejectionOf(stream.response)
    await settle()
    stream.abort('over')
    expect(await failure).toBe('over')
  })

  it('when the server does not say under which id it keeps the answer', async () => {
    const conversation = createConversation(
      fake(() => ({ text: 'Hi.' }) as never),
      settings,
    )
    expect(await rejectionOf(conversation.send('One.'))).toBeInstanceOf(InvalidResponseError)
    expect(await rejectionOf(drain(conversation.stream('One.')))).toBeInstanceOf(InvalidResponseError)
    expect(conversation.turns).toEqual([])
  })
})

describe('two turns at a time', () => {
  const busy = { name: 'InvalidRequestError', code: 'conversation-busy', hint: expect.stringContaining('branch') }

  it('are refused, whatever they are made with', async () => {
    const gate = deferred<ChatResponse>()
    const provider = fake((number) => (number === 1 ? gate.promise : answer(number)))
    const conversation = createConversation(provider, settings)
    const first = conversation.send('One.')
    expect(await rejectionOf(conversation.send('Two.'))).toMatchObject(busy)
    expect(await rejectionOf(conversation.stream('Two.').response)).toMatchObject(busy)
    gate.resolve(answer(1))
    await first
    await conversation.send('Three.')
    expect(provider.requests).toHaveLength(2)
  })

  it('are refused while a stream is read, and no longer once its answer is whole', async () => {
    const conversation = createConversation(fake(), settings)
    for await (const event of conversation.stream('One.')) {
      if (event.type !== 'chat-end') expect(await rejectionOf(conversation.send('Two.'))).toMatchObject(busy)
      else {
        const next = conversation.send('Two.')
        expect(await rejectionOf(conversation.send('Three.'))).toMatchObject(busy)
        await next
      }
    }
    expect(conversation.turns).toHaveLength(2)
  })

  it('are kept apart also when the first is closed while the next is under way', async () => {
    const gate = deferred<ChatResponse>()
    const conversation = createConversation(
      fake((number) => (number === 2 ? gate.promise : answer(number))),
      settings,
    )
    let next: Promise<unknown> | undefined
    for await (const event of conversation.stream('One.')) {
      if (event.type === 'chat-end') next = conversation.send('Two.')
    }
    expect(await rejectionOf(conversation.send('Three.'))).toMatchObject(busy)
    gate.resolve(answer(2))
    await next
    expect(conversation.turns).toHaveLength(2)
  })

  it('are refused where a stream was made before the last turn and is read after it', async () => {
    const conversation = createConversation(fake(), settings)
    const stale = conversation.stream('Two.')
    await conversation.send('One.')
    expect(await rejectionOf(stale.response)).toMatchObject(busy)
    expect(conversation.turns).toHaveLength(1)
  })

  it('are not, where one stream was never read', async () => {
    const conversation = createConversation(fake(), settings)
    conversation.stream('Never.')
    await conversation.send('One.')
    expect(conversation.turns).toHaveLength(1)
  })
})

describe('a branch', () => {
  it('goes on from an earlier turn, and leaves the trunk alone', async () => {
    const provider = fake()
    const trunk = createConversation(provider, settings)
    for (const input of ['One.', 'Two.', 'Three.']) await trunk.send(input)
    const branch = trunk.branch(1)
    await branch.send('Other.')
    expect(provider.requests.at(-1)).toMatchObject({ previousResponseId: 'resp_1', temperature: 0 })
    expect(branch.turns.map(({ input }) => input)).toEqual(['One.', 'Other.'])
    expect(trunk.turns.map(({ input }) => input)).toEqual(['One.', 'Two.', 'Three.'])
    expect(trunk.branch().turns).toEqual(trunk.turns)
    const fresh = trunk.branch(0)
    await fresh.send('Again.')
    expect(provider.requests.at(-1)).toMatchObject({ system: 'Be brief.' })
    expect(provider.requests.at(-1)).not.toHaveProperty('previousResponseId')
  })

  it.each([-1, 1, 0.5, Number.NaN, '0' as never])('cannot begin after %s of no turns', (count) => {
    const error = thrownBy(() => createConversation(fake(), settings).branch(count))
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect((error as InvalidRequestError).issues).toHaveLength(1)
  })

  it('may speak while the trunk does', async () => {
    const gate = deferred<ChatResponse>()
    const trunk = createConversation(
      fake((number) => (number === 1 ? gate.promise : answer(number))),
      settings,
    )
    const first = trunk.send('One.')
    await trunk.branch().send('Two.')
    gate.resolve(answer(1))
    await first
  })
})

describe('a saved conversation', () => {
  const integrations = [
    { type: 'ephemeral-mcp', serverLabel: 'b', serverUrl: 'https://x.example', headers: { a: 'canary-header' } },
  ] as const

  it('goes on where it was, and holds no header', async () => {
    const provider = fake()
    const conversation = createConversation(provider, { ...settings, integrations })
    await conversation.send('One.')
    const text = JSON.stringify(conversation)
    expect(text).not.toContain('canary')
    const from = JSON.parse(text) as SavedConversation
    const restored = createConversation(provider, { ...settings, integrations, from })
    expect(restored.turns).toEqual(conversation.turns)
    await restored.send('Two.')
    expect(provider.requests.at(-1)).toMatchObject({ previousResponseId: 'resp_1', integrations })
    expect(provider.requests.at(-1)).not.toHaveProperty('from')
    expect(from.turns).toHaveLength(1)
  })

  it('that is broken is refused with the place of the damage', () => {
    const from = { version: 1, turns: [{ responseId: 'chat_1', input: 'canary', text: 'x' }] } as const
    const error = thrownBy(() => createConversation(fake(), { ...settings, from })) as Error
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(error.message).toContain('from.turns[0].responseId')
    expect(error.message).not.toContain('canary')
  })
})
