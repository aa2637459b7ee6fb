import { describe, expect, it } from 'vitest'
import { CompletionAccumulator } from '../../src/generation/completion-accumulator.js'
import { InvalidResponseError } from '../../src/errors/index.js'
import type { CompletionEvent } from '../../src/generation/types.js'
import { streamed, told } from '../helpers/chat.js'
import { ENDPOINT } from '../helpers/client.js'

describe('CompletionAccumulator', () => {
  it('takes white space between the thinking and the answer for neither, however it is cut', () => {
    const { response } = streamed([
      { content: '<think>' },
      { content: 'Count.' },
      { content: '</think>' },
      { content: '\n\n' },
      { content: 'Seven.' },
    ])
    expect(response).toMatchObject({ text: 'Seven.', reasoning: 'Count.' })
  })

  it('leaves a tag in the content alone once the server has separated reasoning itself', () => {
    const { response } = streamed([{ reasoning_content: 'r' }, { content: '<think>x</think>a' }])
    expect(response).toMatchObject({ text: '<think>x</think>a', reasoning: 'r' })
  })

  it('leaves a tag in the content alone when reasoning comes beside it', () => {
    const { response } = streamed([{ reasoning_content: 'r', content: '<think>x</think>a' }])
    expect(response).toMatchObject({ text: '<think>x</think>a', reasoning: 'r' })
  })

  it('keeps white space before separate reasoning in front of the text', () => {
    expect(streamed([{ content: '\n' }, { reasoning_content: 'r' }, { content: 'Seven.' }]).response.text).toBe(
      '\nSeven.',
    )
  })

  it('takes reasoning once when both fields hold it', () => {
    expect(streamed([{ reasoning: 'r', reasoning_content: 'r' }, { content: 'a' }]).response.reasoning).toBe('r')
  })

  it('hands over what it held back when nothing more comes', () => {
    const { response, events } = streamed([{ content: '<thi' }])
    expect(response.text).toBe('<thi')
    expect(told(events, 'text-delta')).toBe('<thi')
  })

  it('keeps the first id, the last model that is named, and the last chunk as raw', () => {
    const builder = new CompletionAccumulator('asked', 0, true)
    for (const envelope of [{}, { id: 'a', model: 'm' }, { id: 'b', model: null }, { usage: { prompt_tokens: 1 } }])
      builder.addMetadata(envelope)
    builder.addDelta({ content: 'x' }, [])
    builder.flush([])
    expect(builder.finish(ENDPOINT)).toMatchObject({
      id: 'a',
      model: 'm',
      usage: { inputTokens: 1 },
      raw: { usage: { prompt_tokens: 1 } },
    })
  })

  it('has a partial answer at any time, with the calls as far as they have come', () => {
    const builder = new CompletionAccumulator('m', 0, true)
    expect(builder.partial()).toMatchObject({ id: '', model: 'm', text: '', toolCalls: [], raw: undefined })
    const events: CompletionEvent[] = []
    builder.addDelta({ content: 'Sev', reasoning_content: 'r' }, events)
    builder.addDelta({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{"x":' } }] }, events)
    expect(builder.partial()).toMatchObject({
      text: 'Sev',
      reasoning: 'r',
      toolCalls: [{ id: 'a', name: 'f', arguments: undefined, rawArguments: '{"x":' }],
    })
    expect(builder.partial()).not.toHaveProperty('finishReason')
  })

  it('refuses to finish without a word', () => {
    const builder = new CompletionAccumulator('m', 0, true)
    builder.addDelta({ content: '', reasoning_content: '', tool_calls: [] }, [])
    builder.rawFinishReason = 'stop'
    expect(builder.isEmpty).toBe(true)
    expect(() => builder.finish(ENDPOINT)).toThrow(InvalidResponseError)
  })

  it.each([{ content: 'a' }, { reasoning: 'a' }, { tool_calls: [{ function: { name: 'f' } }] }])(
    'takes %j for an answer',
    (message) => {
      const { response } = streamed([message])
      expect(response.text + (response.reasoning ?? '') + response.toolCalls.length).not.toBe('0')
    },
  )

  it('measures the time of the first token of a stream', () => {
    const { stats } = streamed([{ content: 'a' }]).response
    expect(stats.timeToFirstTokenMs).toBeGreaterThan(0)
    expect(stats.measuredBy.timeToFirstTokenMs).toBe('client')
  })
})
