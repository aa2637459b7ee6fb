import { describe, expect, it } from 'vitest'
import { toRequestBody } from '../../src/responses/request.js'
import type { RespondRequest } from '../../src/responses/types.js'
import { png } from '../helpers/images.js'

const body = async (request: Omit<RespondRequest, 'model'>, stream = false): Promise<Record<string, unknown>> =>
  JSON.parse(await toRequestBody({ model: 'm', ...request }, stream)) as Record<string, unknown>
const tool = { name: 'tide_at', description: 'Tide', parameters: { properties: { harbour: { type: 'string' } } } }

describe('the body of a response', () => {
  it('of a text is little', async () => {
    expect(await body({ input: 'Hi' })).toEqual({ model: 'm', input: 'Hi', stream: false })
    expect(await body({ input: 'Hi' }, true)).toEqual({ model: 'm', input: 'Hi', stream: true })
  })

  it('has every setting under the name of the wire', async () => {
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
    expect(await body(request)).toEqual({
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

  it('has tools flat, and a named one alone and required', async () => {
    const other = { name: 'now' }
    const flat = {
      type: 'function',
      name: 'tide_at',
      description: 'Tide',
      parameters: { type: 'object', properties: { harbour: { type: 'string' } } },
    }
    const both = await body({ input: 'Hi', tools: [tool, other], toolChoice: 'auto' })
    expect(both.tools).toEqual([
      flat,
      { type: 'function', name: 'now', parameters: { type: 'object', properties: {} } },
    ])
    expect(both.tool_choice).toBe('auto')
    const named = await body({ input: 'Hi', tools: [tool, other], toolChoice: { tool: 'tide_at' } })
    expect([named.tools, named.tool_choice]).toEqual([[flat], 'required'])
    expect(await body({ input: 'Hi', tools: [], toolChoice: 'none' })).not.toHaveProperty('tool_choice')
  })

  it('lets extraBody win, the input included, but not over the stream', async () => {
    const extraBody = { top_p: 0.1, input: 'Bye', stream: true, top_logprobs: 2 }
    const made = await body({ input: 'Hi', topP: 0.9, extraBody })
    expect(made).toEqual({ model: 'm', input: 'Bye', top_p: 0.1, top_logprobs: 2, stream: false })
  })

  it('makes calls and their results items of their own', async () => {
    const { input } = await body({
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

  it('has images as data URLs in their place', async () => {
    const { input } = await body({
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
          { type: 'input_image', image_url: expect.stringMatching(/^data:image\/png;base64,iVBOR/) },
        ],
      },
      { type: 'function_call_output', call_id: '1', output: 'x' },
    ])
  })
})
