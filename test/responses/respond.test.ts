import { describe, expect, it } from 'vitest'
import { respond, streamRespond } from '../../src/responses/respond.js'
import type { RespondRequest } from '../../src/responses/types.js'
import { json, stubFetch, testClient } from '../helpers/client.js'
import { fixtureBytes, fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'
import { messageItem, openRespond, RESPOND_REQUEST, RESPONSE } from '../helpers/respond.js'
import { contentOfResponse } from '../helpers/responses.js'

const respondTo = (body: unknown) =>
  respond(testClient({ fetch: async () => json(body), maxRetries: 0 }), RESPOND_REQUEST)

describe('respond', () => {
  it.each(['responses', 'responses-incomplete'])(
    'resolves %s to the response that its stream resolves to',
    async (name) => {
      const streamed = await openRespond([fixtureBytes(`${name}.sse`)]).stream.response
      const response = await respondTo(fixtureJSON(`${name}.json`))
      expect(contentOfResponse(response)).toEqual(contentOfResponse(streamed))
    },
  )

  it('numbers a call without an id', async () => {
    const call = { type: 'function_call', name: 'now' }
    const { toolCalls, output, finishReason } = await respondTo({ ...RESPONSE, status: 'completed', output: [call] })
    expect(toolCalls).toEqual([{ id: 'call_1', name: 'now', arguments: {}, rawArguments: '{}' }])
    expect(output).toEqual([{ type: 'tool-call', id: '', toolCall: toolCalls[0] }])
    expect(finishReason).toBe('tool-calls')
  })

  it('uses the id of the item for a call without a call id', async () => {
    const call = { id: 'fc_1', type: 'function_call', name: 'now', arguments: '{}' }
    const { toolCalls } = await respondTo({ ...RESPONSE, output: [call] })
    expect(toolCalls).toEqual([{ id: 'fc_1', name: 'now', arguments: {}, rawArguments: '{}' }])
  })

  it('reads a response without status and role, as older versions send it', async () => {
    const reasoning = { id: 'rs_1', type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm.' }] }
    const response = await respondTo({ ...RESPONSE, output: [reasoning, messageItem('High')] })
    expect(response).toMatchObject({ reasoning: 'Hm.', text: 'High', rawFinishReason: undefined })
    expect(response.usage).toEqual({ inputTokens: undefined, outputTokens: undefined, totalTokens: undefined })
  })

  it('leaves counts undefined that the server does not report', async () => {
    const usage = { input_tokens: 3, total_tokens: null, input_tokens_details: null, output_tokens_details: {} }
    const response = await respondTo({ ...RESPONSE, output: [messageItem('High')], usage })
    expect(response.usage).toStrictEqual({ inputTokens: 3, outputTokens: undefined, totalTokens: undefined })
  })

  it('passes an item without a type through as unknown', async () => {
    const { output } = await respondTo({ ...RESPONSE, output: [{}] })
    expect(output).toEqual([{ type: 'unknown', name: '', data: {} }])
  })

  it.each<[string, unknown, object]>([
    ['the fixture of a failed response', fixtureJSON('errors/responses-failed.json'), { name: 'ModelLoadError' }],
    ['a response without output', { id: 'resp_1' }, { name: 'InvalidResponseError', code: 'invalid-response' }],
    [
      'an empty response',
      { ...RESPONSE, status: 'completed', output: [] },
      { name: 'InvalidResponseError', code: 'empty-response' },
    ],
    ['output that is not a list', { ...RESPONSE, output: 'High' }, { name: 'InvalidResponseError' }],
    [
      'tokens of which nothing arrived',
      { ...RESPONSE, status: 'completed', output: [], usage: { output_tokens: 42 } },
      { name: 'InvalidResponseError', code: 'empty-response' },
    ],
  ])('respond rejects %s', async (_, body, expected) => {
    expect(await rejectionOf(respondTo(body))).toMatchObject(expected)
  })
})

describe('respond and streamRespond', () => {
  it('respond and streamRespond reject an invalid request, and send nothing', async () => {
    const { fetch, requests } = stubFetch(json({}))
    const client = testClient({ fetch })
    const invalid = undefined as unknown as RespondRequest
    expect(await rejectionOf(respond(client, invalid))).toMatchObject({ name: 'InvalidRequestError' })
    expect(await rejectionOf(streamRespond(client, invalid).response)).toMatchObject({ name: 'InvalidRequestError' })
    expect(requests).toEqual([])
  })

  it('respond and streamRespond reject invalid call options, and send nothing', async () => {
    const { fetch, requests } = stubFetch(json({}))
    const call = [testClient({ fetch }), RESPOND_REQUEST, { timeout: -1 }] as const
    expect(await rejectionOf(respond(...call))).toMatchObject({ name: 'ConfigurationError' })
    expect(await rejectionOf(streamRespond(...call).response)).toMatchObject({ name: 'ConfigurationError' })
    expect(requests).toEqual([])
  })
})
