import { describe, expect, test } from 'vitest'
import { createMockLMStudio } from '../../src/testing/index.js'
import { chat, hello, model, pngURL, post, tideTool, user, windTool } from './support/mock-requests.js'

async function replyTo(content: unknown): Promise<string> {
  const { choices } = await (await chat(createMockLMStudio(), user(content))).json()
  return choices[0].message.content
}

// oxlint-disable-next-line typescript/no-explicit-any -- tests reach into the calls
async function toolCalls(body: object): Promise<any[]> {
  const { choices } = await (await chat(createMockLMStudio(), { tools: [tideTool], ...body })).json()
  return choices[0].message.tool_calls
}

describe("the mock's own replies", () => {
  test('a message is repeated back', async () => {
    expect(await replyTo('Hello.')).toBe('You said: Hello.')
  })

  test('"echo: x" gets x', async () => {
    expect(await replyTo('echo: just this')).toBe('just this')
  })

  test('"lorem 500" gets 500 words', async () => {
    expect((await replyTo('lorem 500')).split(' ')).toHaveLength(500)
  })

  test('the same request gets the same reply', async () => {
    expect(await replyTo('lorem 9')).toBe(await replyTo('lorem 9'))
  })

  test('another seed gives another reply', async () => {
    const withSeed = async (seed: number): Promise<string> =>
      (await (await chat(createMockLMStudio({ seed }), user('lorem 9'))).json()).choices[0].message.content
    expect(await withSeed(1)).not.toBe(await withSeed(2))
  })

  test('images are counted', async () => {
    const content = [
      { type: 'text', text: 'What is this?' },
      { type: 'image_url', image_url: { url: pngURL } },
    ]
    expect(await replyTo(content)).toBe('You said: What is this? I see 1 image (image/png).')
  })

  test('a prompt is continued', async () => {
    const response = await post(createMockLMStudio(), '/v1/completions', { model, prompt: 'The gull cried' })
    expect((await response.json()).choices[0].text).toBe(' and the tide turned')
  })
})

describe('tool calls of the mock', () => {
  test('a message that matches a tool calls it with values from the message', async () => {
    const calls = await toolCalls(user('When is the tide high at Oban?'))
    expect(calls).toHaveLength(1)
    expect(calls[0]).toEqual({
      id: expect.stringMatching(/^\d{9}$/u),
      type: 'function',
      function: { name: 'tide_at', arguments: '{"harbor":"Oban"}' },
    })
  })

  test('a message that matches no tool calls none', async () => {
    expect(await toolCalls({})).toEqual([])
  })

  test('tool_choice "required" calls the first tool for any message', async () => {
    expect((await toolCalls({ tool_choice: 'required' })).map((call) => call.function.name)).toEqual(['tide_at'])
  })

  test('tool_choice "none" calls no tool', async () => {
    expect(await toolCalls({ ...user('Tide?'), tool_choice: 'none' })).toEqual([])
  })

  test('a message that matches two tools calls both', async () => {
    const calls = await toolCalls({ ...user('Tide and wind at Oban?'), tools: [tideTool, windTool] })
    expect(calls.map((call) => call.function.name)).toEqual(['tide_at', 'wind_at'])
  })

  test('a tool result is put into words', async () => {
    const call = { id: '1', type: 'function', function: { name: 'tide_at', arguments: '{}' } }
    const messages = [
      ...hello,
      { role: 'assistant', content: '', tool_calls: [call] },
      { role: 'tool', tool_call_id: '1', content: '04:12' },
    ]
    const { choices } = await (await chat(createMockLMStudio(), { messages, tools: [tideTool] })).json()
    expect(choices[0].message.content).toBe('According to tide_at: 04:12')
  })
})
