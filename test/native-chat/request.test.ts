import { describe, expect, it } from 'vitest'
import { InvalidRequestError } from '../../src/errors/index.js'
import { toRequestBody as toWireText } from '../../src/native-chat/request.js'
import type { ChatRequest } from '../../src/native-chat/types.js'
import { png, webp } from '../helpers/images.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const wire = async (more: Partial<ChatRequest> | object = {}, stream = false): Promise<Record<string, unknown>> =>
  JSON.parse(await toWireText({ model: 'acme/tern-4b', input: 'Hi', ...more } as ChatRequest, stream)) as never

describe('the body of a native chat', () => {
  it('holds nothing that is not set, and asks the server to keep nothing', async () => {
    expect(await wire()).toEqual({ model: 'acme/tern-4b', input: 'Hi', store: false, stream: false })
    expect(await wire({ system: undefined, maxTokens: undefined }, true)).toEqual({
      model: 'acme/tern-4b',
      input: 'Hi',
      store: false,
      stream: true,
    })
  })

  it.each([
    ['system', 'Be brief.', 'system_prompt'],
    ['temperature', 0, 'temperature'],
    ['topP', 0.9, 'top_p'],
    ['topK', 0, 'top_k'],
    ['minP', 0.05, 'min_p'],
    ['repeatPenalty', 1.1, 'repeat_penalty'],
    ['maxTokens', 7, 'max_output_tokens'],
    ['reasoning', 'off', 'reasoning'],
    ['contextLength', 4096, 'context_length'],
    ['store', true, 'store'],
    ['previousResponseId', 'resp_1', 'previous_response_id'],
  ])('sends %s %j as %s', async (name, value, key) => {
    const body = await wire({ [name]: value })
    expect(body[key]).toEqual(value)
    expect(Object.keys(body)).toHaveLength(key === 'store' ? 4 : 5)
  })

  it('sends no member that is not on its list: the server refuses them', async () => {
    expect(await wire({ max_tokens: 5, extraBody: { stop: 'x' } })).toEqual(await wire())
  })

  it('sends each kind of integration in the form of the server', async () => {
    const { integrations } = await wire({
      integrations: [
        'mcp/playwright',
        { type: 'plugin', id: 'mcp/birds', allowedTools: ['find_bird'] },
        { type: 'plugin', id: 'mcp/fish' },
        {
          type: 'ephemeral-mcp',
          serverLabel: 'tides',
          serverUrl: 'https://mcp.example.org/',
          headers: { 'x-key': 'k' },
        },
      ],
    })
    expect(integrations).toEqual([
      'mcp/playwright',
      { type: 'plugin', id: 'mcp/birds', allowed_tools: ['find_bird'] },
      { type: 'plugin', id: 'mcp/fish' },
      {
        type: 'ephemeral_mcp',
        server_label: 'tides',
        server_url: 'https://mcp.example.org/',
        headers: { 'x-key': 'k' },
      },
    ])
  })

  it('sends texts as `content` and images as `data_url`, in their order', async () => {
    const { input } = await wire({
      input: [
        { type: 'text', text: 'What bird?' },
        { type: 'image', image: png(2, 2) },
      ],
    })
    expect(input).toEqual([
      { type: 'text', content: 'What bird?' },
      { type: 'image', data_url: expect.stringMatching(/^data:image\/png;base64,iVBORw0KGgo/) },
    ])
  })

  it('names the part whose image cannot be sent', async () => {
    const error = await rejectionOf(
      Promise.resolve(
        toWireText(
          {
            model: 'm',
            input: [
              { type: 'text', text: 'x' },
              { type: 'image', image: webp() },
            ],
          },
          false,
        ),
      ),
    )
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect((error as InvalidRequestError).issues[0]?.path).toEqual(['input', 1, 'image'])
  })
})
