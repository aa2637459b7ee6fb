import { describe, expect, it } from 'vitest'
import { toRequestBody } from '../../src/native-chat/request.js'
import type { ChatRequest } from '../../src/native-chat/types.js'
import { png, webp } from '../helpers/images.js'
import { rejectionOf } from '../helpers/provider-errors.js'

/** Returns the body of a request with these settings, as the server parses it. */
async function bodyOf(settings: object = {}, stream = false): Promise<Record<string, unknown>> {
  const request = { model: 'acme/tern-4b', input: 'Hi', ...settings } as ChatRequest
  return JSON.parse(await toRequestBody(request, stream)) as Record<string, unknown>
}

describe('toRequestBody of a native chat', () => {
  it('sends only the settings that are set, and `store: false`', async () => {
    const unset = { system: undefined, maxTokens: undefined, integrations: undefined }
    expect(await bodyOf(unset)).toEqual({ model: 'acme/tern-4b', input: 'Hi', store: false, stream: false })
    expect(await bodyOf({}, true)).toEqual({ model: 'acme/tern-4b', input: 'Hi', store: false, stream: true })
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
    const unset = { model: 'acme/tern-4b', input: 'Hi', store: false, stream: false }
    expect(await bodyOf({ [name]: value })).toEqual({ ...unset, [key]: value })
  })

  it('sends no other field, because the server rejects unknown ones', async () => {
    expect(await bodyOf({ max_tokens: 5, extraBody: { stop: 'x' } })).toEqual(await bodyOf())
  })

  it("maps each kind of integration to the server's shape", async () => {
    const { integrations } = await bodyOf({
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
    const { input } = await bodyOf({
      input: [
        { type: 'text', text: 'What bird?' },
        { type: 'image', image: png(2, 2) },
      ],
    })
    expect(input).toEqual([
      { type: 'text', content: 'What bird?' },
      { type: 'image', data_url: expect.stringMatching(/^data:image\/png;base64,iVBORw0KGgo/) as string },
    ])
  })

  it('rejects an image that cannot be converted, with its path', async () => {
    const input = [
      { type: 'text', text: 'x' },
      { type: 'image', image: webp() },
    ]
    expect(await rejectionOf(bodyOf({ input }))).toMatchObject({
      name: 'InvalidRequestError',
      issues: [{ path: ['input', 1, 'image'] }],
    })
  })
})
