import { describe, expect, test } from 'vitest'
import { createMockLMStudio } from '../../../src/testing/index.js'
import { model, post } from '../support/mock-requests.js'
import { framesOf } from '../support/read-frames.js'

describe('POST /v1/completions', () => {
  test('continues the prompt up to max_tokens', async () => {
    const request = { model: 'acme/heron-base', prompt: 'The gull cried', max_tokens: 2 }
    const body = await (await post(createMockLMStudio(), '/v1/completions', request)).json()
    expect(body.model).toBe('acme/heron-base')
    expect(body.choices).toEqual([{ index: 0, text: ' and the', logprobs: null, finish_reason: 'length' }])
  })

  test('a stream ends with the finish reason, the requested usage, then [DONE]', async () => {
    const request = { model, prompt: 'The gull', stream: true, stream_options: { include_usage: true } }
    const frames = await framesOf(post(createMockLMStudio(), '/api/v0/completions', request))
    expect(frames.map(({ data }) => data.choices?.[0]?.text ?? '').join('')).toBe(' and the tide turned')
    expect(frames.at(-3)?.data).toMatchObject({
      choices: [{ finish_reason: 'stop' }],
      stats: { stop_reason: 'eosFound' },
    })
    expect(frames.at(-2)?.data.usage).toEqual({ prompt_tokens: 6, completion_tokens: 4, total_tokens: 10 })
    expect(frames.at(-1)?.data).toBe('[DONE]')
  })

  test('scripted reasoning is not part of the text', async () => {
    const mock = createMockLMStudio({ reply: () => ({ reasoning: 'Hm.', text: 'Aye.' }) })
    const whole = await (await post(mock, '/v1/completions', { model, prompt: 'x' })).json()
    expect(whole.choices[0].text).toBe('Aye.')
    const frames = await framesOf(post(mock, '/v1/completions', { model, prompt: 'x', stream: true }))
    expect(frames.map(({ data }) => data.choices?.[0]?.text ?? '').join('')).toBe('Aye.')
  })
})
