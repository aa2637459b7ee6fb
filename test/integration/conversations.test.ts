import { createConversation, createLMStudio } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { caught } from './support/caught.js'
import { chatBodies, chatEnd, chatFrame, readChat } from './support/native-chat.js'
import { MODEL, setUp } from './support/provider.js'
import { eventStream } from './support/servers.js'

describe('a conversation', () => {
  /** Responds with all messages of the conversation. */
  const echo = {
    reply: ({ messages }: { messages: readonly { text: string }[] }) => messages.map(({ text }) => text).join(' | '),
  }

  test('continues over calls and streams', async () => {
    const { mock, lmstudio } = await setUp(echo)
    const conversation = createConversation(lmstudio, { model: MODEL, system: 'Be brief.' })
    await conversation.send('One.')
    const { text } = await conversation.stream('Two.').response
    expect(text).toBe('Be brief. | One. | Be brief. | One. | Two.')
    expect(chatBodies(mock.calls)).toMatchObject([{ store: true }, { store: true, input: 'Two.' }])
  })

  test('can be branched, saved and continued', async () => {
    const { lmstudio } = await setUp(echo)
    const trunk = createConversation(lmstudio, { model: MODEL })
    await trunk.send('One.')
    await trunk.send('Two.')
    const from = JSON.parse(JSON.stringify(trunk.branch(1)))
    const { text } = await createConversation(lmstudio, { model: MODEL, from }).send('Other.')
    expect(text).toBe('One. | One. | Other.')
  })

  test('rejects and keeps its turns when the server no longer knows it', async () => {
    const { mock, lmstudio } = await setUp()
    const conversation = createConversation(lmstudio, { model: MODEL })
    await conversation.send('One.')
    mock.reset()
    for (const call of [() => conversation.send('Two.'), () => conversation.stream('Two.').response]) {
      expect(await caught(call())).toMatchObject({
        name: 'InvalidRequestError',
        code: 'unknown-response',
        hint: expect.stringContaining('Start a new conversation'),
        issues: [{ path: ['previousResponseId'] }],
      })
    }
    expect(conversation.turns).toHaveLength(1)
  })

  test('closes the connection and keeps no turn when the consumer leaves its stream', async () => {
    const { mock, lmstudio } = await setUp()
    mock.inject({ name: 'stall', afterEvents: 5 })
    const conversation = createConversation(lmstudio, { model: MODEL })
    for await (const event of conversation.stream('lorem 20')) if (event.type === 'reasoning-start') break
    expect(await mock.calls[0]?.finished).toBe('aborted')
    expect(conversation.turns).toEqual([])
  })

  test('can take another turn after an aborted one', async () => {
    const { mock, lmstudio } = await setUp({ reply: () => ({ reasoning: '', deltas: ['one ', 'two'] }) })
    const conversation = createConversation(lmstudio, { model: MODEL })
    await conversation.send('One.')
    mock.inject({ name: 'stall', afterEvents: 5 })
    const stream = conversation.stream('Two.')
    const reading = readChat(stream)
    await mock.whenHeld()
    stream.abort('enough')
    expect((await reading).error).toBe('enough')
    expect(await mock.calls[1]?.finished).toBe('aborted')
    await conversation.send('Three.')
    expect(conversation.turns.map(({ input }) => input)).toEqual(['One.', 'Three.'])
  })
})

test('a conversation rejects an invalid turn, also when it is streamed', async () => {
  const conversation = createConversation(createLMStudio(), { model: MODEL })
  const input = [{ type: 'text', text: Symbol('x') }] as never
  expect(await caught(conversation.stream(input).response)).toMatchObject({ name: 'InvalidRequestError' })
  expect(await caught(conversation.send(input))).toMatchObject({ name: 'InvalidRequestError' })
})

test.each(['send', 'stream'] as const)(
  '%s of a conversation rejects with the response when the server did not store it',
  async (method) => {
    const body = { model_instance_id: MODEL, output: [{ type: 'message', content: 'Half' }] }
    const streamed = [chatFrame('message.delta', { content: 'Half' }), chatEnd(body)]
    const fetch = async () => (method === 'send' ? Response.json(body) : eventStream(...streamed))
    const conversation = createConversation(createLMStudio({ fetch }), { model: MODEL })
    const error = await caught(method === 'send' ? conversation.send('x') : conversation.stream('x').response)
    expect(error).toMatchObject({
      name: 'InvalidResponseError',
      partial: { text: 'Half', model: MODEL, id: '', toolCalls: [] },
    })
    expect(JSON.stringify(error)).not.toContain('Half')
    expect(conversation.turns).toEqual([])
  },
)
