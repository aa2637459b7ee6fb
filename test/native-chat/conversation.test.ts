import { describe, expect, it, vi } from 'vitest'
import type { CallOptions } from '../../src/config/options.js'
import { createConversation } from '../../src/native-chat/conversation.js'
import type {
  ChatEvent,
  ChatRequest,
  ChatResponse,
  Conversation,
  SavedConversation,
} from '../../src/native-chat/types.js'
import { createResponseStream } from '../../src/streaming/event-stream.js'
import { raceAbort } from '../../src/utils/abort.js'
import { collect } from '../helpers/collect.js'
import { deferred, settle } from '../helpers/deferred.js'
import { countListeners } from '../helpers/listeners.js'
import { rejectionOf, thrownBy } from '../helpers/provider-errors.js'

const settings = { model: 'acme/tern-4b', system: 'Be brief.', temperature: 0 } as const

/** The response to the request with this number. */
const responseTo = (number: number): ChatResponse =>
  ({ responseId: `resp_${number}`, text: `Response ${number}.` }) as ChatResponse

/** A provider that numbers its requests from 1. */
function createFakeProvider(respond: (number: number) => ChatResponse | Promise<ChatResponse> = responseTo) {
  const requests: ChatRequest[] = []
  const run = async (request: ChatRequest): Promise<ChatResponse> => respond(requests.push(request))
  return {
    requests,
    chat: vi.fn(async (request: ChatRequest, _options?: CallOptions) => run(request)),
    streamChat: vi.fn((request: ChatRequest, options?: CallOptions) =>
      createResponseStream<ChatEvent, ChatResponse>(async function* (signal) {
        const response = await raceAbort(run(request), signal)
        yield [
          { type: 'text-delta', text: response.text },
          { type: 'chat-end', response },
        ]
        return response
      }, options?.signal),
    ),
  }
}

const inputsOf = ({ turns }: Conversation): string[] => turns.map(({ input }) => input)

const never = (): Promise<never> => new Promise(() => {})

const BUSY = {
  name: 'InvalidRequestError',
  code: 'conversation-busy',
  hint: expect.stringContaining('branch') as string,
}

describe('the turns of a conversation', () => {
  it('continues each turn from the previous response, and sends the system message with the first only', async () => {
    const provider = createFakeProvider()
    const conversation = createConversation(provider, settings)
    await conversation.send('One.')
    await conversation.stream('Two.').response
    await conversation.send([{ type: 'text', text: 'Three.' }])
    const common = { model: 'acme/tern-4b', temperature: 0, store: true }
    expect(provider.requests).toEqual([
      { ...common, system: 'Be brief.', input: 'One.' },
      { ...common, input: 'Two.', previousResponseId: 'resp_1' },
      { ...common, input: [{ type: 'text', text: 'Three.' }], previousResponseId: 'resp_2' },
    ])
    expect(conversation.turns).toEqual([
      { responseId: 'resp_1', input: 'One.', text: 'Response 1.' },
      { responseId: 'resp_2', input: 'Two.', text: 'Response 2.' },
      { responseId: 'resp_3', input: 'Three.', text: 'Response 3.' },
    ])
  })

  it('keeps the reasoning of a turn, and only the texts of an input of parts', async () => {
    const provider = createFakeProvider((number) => ({ ...responseTo(number), reasoning: 'Hm.' }))
    const conversation = createConversation(provider, settings)
    const image = { type: 'image', image: 'data:image/png;base64,AA==' } as const
    await conversation.send([{ type: 'text', text: 'This' }, image, { type: 'text', text: 'bird?' }])
    expect(conversation.turns).toEqual([
      { responseId: 'resp_1', input: 'This\nbird?', text: 'Response 1.', reasoning: 'Hm.' },
    ])
  })

  it('passes on the call options of a turn', async () => {
    const provider = createFakeProvider()
    const options = { timeout: 5 }
    const conversation = createConversation(provider, settings)
    await conversation.send('One.', options)
    await conversation.stream('Two.', options).response
    expect(provider.chat.mock.calls[0]![1]).toBe(options)
    expect(provider.streamChat.mock.calls[0]![1]).toBe(options)
  })

  it('protects its turns from changes from outside', async () => {
    const conversation = createConversation(createFakeProvider(), settings)
    await conversation.send('One.')
    ;(conversation.turns as unknown[]).pop()
    ;(conversation.toJSON().turns as unknown[]).pop()
    expect(inputsOf(conversation)).toEqual(['One.'])
  })
})

describe('a turn that fails', () => {
  it.each<[string, (conversation: Conversation) => Promise<unknown>]>([
    ['send', (conversation) => conversation.send('Two.')],
    ['stream', (conversation) => conversation.stream('Two.').response],
  ])('does not add a turn of %s that fails; the next one continues from the same response', async (_, run) => {
    const provider = createFakeProvider((number) =>
      number === 2 ? Promise.reject(new Error('broken')) : responseTo(number),
    )
    const conversation = createConversation(provider, settings)
    await conversation.send('One.')
    expect(await rejectionOf(run(conversation))).toMatchObject({ message: 'broken' })
    expect(inputsOf(conversation)).toEqual(['One.'])
    await conversation.send('Again.')
    expect(provider.requests.at(-1)).toMatchObject({ previousResponseId: 'resp_1' })
  })

  it('does not add a turn whose loop is left', async () => {
    const conversation = createConversation(createFakeProvider(), settings)
    for await (const _event of conversation.stream('One.')) break
    expect(inputsOf(conversation)).toEqual([])
    await conversation.send('Two.')
    expect(inputsOf(conversation)).toEqual(['Two.'])
  })

  it.each<[string, (stream: ReturnType<Conversation['stream']>, caller: AbortController) => void]>([
    ['`abort` of the stream', (stream) => stream.abort('changed my mind')],
    ['the signal of the caller', (_, caller) => caller.abort('changed my mind')],
  ])('does not add a turn that ends by %s, and takes the next one at once', async (_, abort) => {
    const caller = new AbortController()
    const provider = createFakeProvider((number) => (number === 1 ? never() : responseTo(number)))
    const conversation = createConversation(provider, settings)
    const stream = conversation.stream('One.', { signal: caller.signal })
    const rejection = rejectionOf(stream.response)
    await settle()
    abort(stream, caller)
    await conversation.send('Two.')
    expect(await rejection).toBe('changed my mind')
    expect(inputsOf(conversation)).toEqual(['Two.'])
    expect(countListeners(caller.signal)).toBe(0)
  })

  it('does not add a turn whose signal is already aborted', async () => {
    const conversation = createConversation(createFakeProvider(), settings)
    const signal = AbortSignal.abort('changed my mind')
    expect(await rejectionOf(conversation.stream('One.', { signal }).response)).toBe('changed my mind')
    expect(inputsOf(conversation)).toEqual([])
  })

  it('does not add a turn without a response id, whose error has the response', async () => {
    const conversation = createConversation(
      createFakeProvider(() => ({ text: 'Hi.' }) as ChatResponse),
      settings,
    )
    const expected = { name: 'InvalidResponseError', partial: { text: 'Hi.' } }
    expect(await rejectionOf(conversation.send('One.'))).toMatchObject(expected)
    expect((await collect(conversation.stream('One.'))).error).toMatchObject(expected)
    expect(inputsOf(conversation)).toEqual([])
  })
})

describe('two turns at a time', () => {
  it('rejects a second turn at a time, whether it is sent or streamed', async () => {
    const gate = deferred<ChatResponse>()
    const provider = createFakeProvider((number) => (number === 1 ? gate.promise : responseTo(number)))
    const conversation = createConversation(provider, settings)
    const first = conversation.send('One.')
    expect(await rejectionOf(conversation.send('Two.'))).toMatchObject(BUSY)
    expect(await rejectionOf(conversation.stream('Two.').response)).toMatchObject(BUSY)
    gate.resolve(responseTo(1))
    await first
    await conversation.send('Three.')
    expect(inputsOf(conversation)).toEqual(['One.', 'Three.'])
    expect(provider.requests).toHaveLength(2)
  })

  it('rejects a second turn while the stream of the first is read', async () => {
    const conversation = createConversation(createFakeProvider(), settings)
    const iterator = conversation.stream('One.')[Symbol.asyncIterator]()
    expect((await iterator.next()).value).toMatchObject({ type: 'text-delta' })
    expect(await rejectionOf(conversation.send('Two.'))).toMatchObject(BUSY)
    await iterator.return!()
  })

  it('accepts a turn once the last event of the stream before it was read', async () => {
    const conversation = createConversation(createFakeProvider(), settings)
    const iterator = conversation.stream('One.')[Symbol.asyncIterator]()
    await iterator.next()
    expect((await iterator.next()).value).toMatchObject({ type: 'chat-end' })
    await conversation.send('Two.')
    expect(inputsOf(conversation)).toEqual(['One.', 'Two.'])
  })

  it('rejects a third turn while the second runs, although the stream of the first ends then', async () => {
    const gate = deferred<ChatResponse>()
    const provider = createFakeProvider((number) => (number === 2 ? gate.promise : responseTo(number)))
    const conversation = createConversation(provider, settings)
    const iterator = conversation.stream('One.')[Symbol.asyncIterator]()
    await iterator.next()
    await iterator.next()
    const second = conversation.send('Two.')
    await iterator.next()
    expect(await rejectionOf(conversation.send('Three.'))).toMatchObject(BUSY)
    gate.resolve(responseTo(2))
    await second
    expect(inputsOf(conversation)).toEqual(['One.', 'Two.'])
  })

  it('rejects the read of a stream that was created before the last turn', async () => {
    const conversation = createConversation(createFakeProvider(), settings)
    const stale = conversation.stream('Two.')
    await conversation.send('One.')
    expect(await rejectionOf(stale.response)).toMatchObject(BUSY)
    expect(inputsOf(conversation)).toEqual(['One.'])
  })

  it('accepts a turn after a stream that is never read', async () => {
    const conversation = createConversation(createFakeProvider(), settings)
    conversation.stream('Never read.')
    await conversation.send('One.')
    expect(inputsOf(conversation)).toEqual(['One.'])
  })
})

describe('a branch', () => {
  it('branches from an earlier turn and does not change the conversation', async () => {
    const provider = createFakeProvider()
    const conversation = createConversation(provider, settings)
    for (const input of ['One.', 'Two.', 'Three.']) await conversation.send(input)
    const branch = conversation.branch(1)
    await branch.send('Other.')
    expect(provider.requests.at(-1)).toMatchObject({ previousResponseId: 'resp_1', temperature: 0 })
    expect(inputsOf(branch)).toEqual(['One.', 'Other.'])
    expect(inputsOf(conversation)).toEqual(['One.', 'Two.', 'Three.'])
    expect(conversation.branch().turns).toEqual(conversation.turns)
  })

  it('sends the system message again in a branch of 0 turns', async () => {
    const provider = createFakeProvider()
    const conversation = createConversation(provider, settings)
    await conversation.send('One.')
    await conversation.branch(0).send('Again.')
    expect(provider.requests.at(-1)).toMatchObject({ system: 'Be brief.' })
    expect(provider.requests.at(-1)).not.toHaveProperty('previousResponseId')
  })

  it.each([-1, 2, 0.5, Number.NaN, '0'])('rejects a branch of %s turns when there is 1', async (count) => {
    const conversation = createConversation(createFakeProvider(), settings)
    await conversation.send('One.')
    expect(thrownBy(() => conversation.branch(count as number))).toMatchObject({
      name: 'InvalidRequestError',
      issues: [{ path: ['turns'], message: expect.stringContaining('from 0 to 1') as string }],
    })
  })

  it('takes a turn in a branch while the conversation takes one', async () => {
    const gate = deferred<ChatResponse>()
    const provider = createFakeProvider((number) => (number === 1 ? gate.promise : responseTo(number)))
    const conversation = createConversation(provider, settings)
    const first = conversation.send('One.')
    const branch = conversation.branch()
    await branch.send('Two.')
    gate.resolve(responseTo(1))
    await first
    expect([inputsOf(conversation), inputsOf(branch)]).toEqual([['One.'], ['Two.']])
  })
})

describe('a saved conversation', () => {
  const integrations = [
    { type: 'ephemeral-mcp', serverLabel: 'b', serverUrl: 'https://x.example', headers: { a: 'canary-header' } },
  ] as const

  it('continues a saved conversation', async () => {
    const provider = createFakeProvider()
    const conversation = createConversation(provider, { ...settings, integrations })
    await conversation.send('One.')
    const from = JSON.parse(JSON.stringify(conversation)) as SavedConversation
    const restored = createConversation(provider, { ...settings, integrations, from })
    expect(restored.turns).toEqual(conversation.turns)
    await restored.send('Two.')
    expect(provider.requests.at(-1)).toMatchObject({ previousResponseId: 'resp_1', integrations })
    expect(provider.requests.at(-1)).not.toHaveProperty('from')
    expect(from.turns).toHaveLength(1)
  })

  it('is not affected by later changes to the saved conversation', () => {
    const from = { version: 1, turns: [{ responseId: 'resp_1', input: 'One.', text: 'Response 1.' }] } as const
    const conversation = createConversation(createFakeProvider(), { ...settings, from })
    Object.assign(from.turns[0], { text: 'changed' })
    expect(conversation.turns[0]!.text).toBe('Response 1.')
  })

  it('saves the turns and no setting, such as headers', async () => {
    const conversation = createConversation(createFakeProvider(), { ...settings, integrations })
    await conversation.send('One.')
    expect(JSON.parse(JSON.stringify(conversation))).toEqual({
      version: 1,
      turns: [{ responseId: 'resp_1', input: 'One.', text: 'Response 1.' }],
    })
  })

  it('rejects a damaged saved conversation with the path of the damage, without quoting it', () => {
    const from = { version: 1, turns: [{ responseId: 'chat_1', input: 'canary', text: 'x' }] } as const
    const error = thrownBy(() => createConversation(createFakeProvider(), { ...settings, from })) as Error
    expect(error).toMatchObject({ name: 'InvalidRequestError' })
    expect(error.message).toContain('from.turns[0].responseId')
    expect(error.message).not.toContain('canary')
  })
})
