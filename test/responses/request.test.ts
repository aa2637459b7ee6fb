import { describe, expect, it } from 'vitest'
import { toRequestBody } from '../../src/responses/request.js'
import type { RespondRequest } from '../../src/responses/types.js'
import { gif, png } from '../helpers/images.js'
import { rejectionOf } from '../helpers/provider-errors.js'

/** Returns the body of a request, as the server parses it. */
const bodyOf = async (request: Omit<RespondRequest, 'model'>, stream = false): Promise<Record<string, unknown>> =>
  JSON.parse(await toRequestBody({ model: 'm', ...request }, stream)) as Record<string, unknown>

describe('toRequestBody of a response', () => {
  it('sends only the settings that are set', async () => {
    expect(await bodyOf({ input: 'Hi' })).toEqual({ model: 'm', input: 'Hi', stream: false })
    expect(await bodyOf({ input: 'Hi' }, true)).toEqual({ model: 'm', input: 'Hi', stream: true })
  })

  it('maps every setting to its name on the wire', async () => {
    const request = {
      input: 'Hi',
      instructions: 'Be kind.',
      previousResponseId: 'resp_1',
      store: false,
      reasoningEffort: 'none',
      maxTokens: 9,
      temperature: 0.5,
      topP: 0.9,
      presencePenalty: 1,
      frequencyPenalty: -1,
    }
    expect(await bodyOf(request)).toEqual({
      model: 'm',
      input: 'Hi',
      instructions: 'Be kind.',
      previous_response_id: 'resp_1',
      store: false,
      reasoning: { effort: 'none' },
      max_output_tokens: 9,
      temperature: 0.5,
      top_p: 0.9,
      presence_penalty: 1,
      frequency_penalty: -1,
      stream: false,
    })
  })

  const tide = { name: 'tide_at', description: 'Tide', parameters: { properties: { harbour: { type: 'string' } } } }
  const wireTide = {
    type: 'function',
    name: 'tide_at',
    description: 'Tide',
    parameters: { type: 'object', properties: { harbour: { type: 'string' } } },
  }
  const now = { name: 'now' }
  const wireNow = { type: 'function', name: 'now', parameters: { type: 'object', properties: {} } }

  it('sends tools without a nested function object', async () => {
    const body = await bodyOf({ input: 'Hi', tools: [tide, now], toolChoice: 'auto' })
    expect([body.tools, body.tool_choice]).toEqual([[wireTide, wireNow], 'auto'])
  })

  it('sends a named tool alone and requires it', async () => {
    const body = await bodyOf({ input: 'Hi', tools: [tide, now], toolChoice: { tool: 'tide_at' } })
    expect([body.tools, body.tool_choice]).toEqual([[wireTide], 'required'])
  })

  it('omits the tool choice when there are no tools', async () => {
    expect(await bodyOf({ input: 'Hi', tools: [], toolChoice: 'none' })).toEqual(await bodyOf({ input: 'Hi' }))
  })

  it('lets `extraBody` replace settings and the input, but not whether the response is streamed', async () => {
    const extraBody = { top_p: 0.1, input: 'Bye', stream: true, top_logprobs: 2 }
    expect(await bodyOf({ input: 'Hi', topP: 0.9, extraBody })).toEqual({
      model: 'm',
      input: 'Bye',
      top_p: 0.1,
      top_logprobs: 2,
      stream: false,
    })
  })

  it('sends tool calls and their results as items of their own', async () => {
    const { input } = await bodyOf({
      input: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Tide?' },
        {
          role: 'assistant',
          content: 'Let me see.',
          toolCalls: [
            { id: '1', name: 'tide_at', arguments: { harbour: 'Oban' } },
            { id: '2', name: 'now', arguments: {}, rawArguments: '{ }' },
          ],
        },
        { role: 'tool', toolCallId: '1', content: '04:12' },
        { role: 'assistant', toolCalls: [{ id: '3', name: 'now' }] },
        { role: 'assistant', content: null },
      ],
    })
    expect(input).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Tide?' },
      { role: 'assistant', content: 'Let me see.' },
      { type: 'function_call', call_id: '1', name: 'tide_at', arguments: '{"harbour":"Oban"}' },
      { type: 'function_call', call_id: '2', name: 'now', arguments: '{ }' },
      { type: 'function_call_output', call_id: '1', output: '04:12' },
      { type: 'function_call', call_id: '3', name: 'now', arguments: '{}' },
      { role: 'assistant', content: '' },
    ])
  })

  it('sends images as data URLs, in the order of the input', async () => {
    const { input } = await bodyOf({
      input: [
        { role: 'user', content: 'Look.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'image', image: png(1, 1) },
          ],
        },
        { role: 'tool', toolCallId: '1', content: 'x' },
      ],
    })
    expect(input).toEqual([
      { role: 'user', content: 'Look.' },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'What is it?' },
          { type: 'input_image', image_url: expect.stringMatching(/^data:image\/png;base64,iVBOR/) as string },
        ],
      },
      { type: 'function_call_output', call_id: '1', output: 'x' },
    ])
  })

  it('rejects an image that cannot be converted, with its path', async () => {
    const input = [
      { role: 'user', content: 'Look.' },
      { role: 'user', content: [{ type: 'image', image: gif() }] },
    ] as const
    expect(await rejectionOf(bodyOf({ input }))).toMatchObject({
      name: 'InvalidRequestError',
      issues: [{ path: ['input', 1, 'content', 0, 'image'] }],
    })
  })
})
