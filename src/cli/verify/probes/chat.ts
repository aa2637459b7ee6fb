import { bodyOf } from '../recorder.js'
import { defineProbe } from '../types.js'
import { choiceOf, errorText, reasoningOf, textOf } from '../wire.js'

export const CHAT = '/v1/chat/completions'
export const PROMPT = 'Name three colors of the sea, in one sentence.'
/** Enough for a model that reasons first, and few enough for a slow machine. */
export const MAX_TOKENS = 300

const FINISH_REASONS = ['stop', 'length', 'tool_calls']

export const chat = defineProbe({
  name: 'Chat completion',
  assumptions: {
    shape: { section: '3.3', text: 'POST /v1/chat/completions returns choices[0].message with role and content' },
    finish: { section: '3.3', text: 'finish_reason is stop, length or tool_calls' },
    usage: { section: '3.3', text: 'usage has prompt_tokens, completion_tokens and total_tokens' },
    reading: { section: '3.3', text: 'The library reads the text, the reasoning and the usage of the body' },
    length: { section: '3.3', text: 'A response that max_tokens cuts off has finish_reason length' },
    error: {
      section: '8.2',
      text: 'A request without messages gets status 400 and {"error":"text"}',
      scope: 'lmstudio',
    },
    anyError: { section: '8.2', text: 'A request without messages gets an error status and a message' },
  },
  async run({ provider, chatModel, lastExchange, request }, findings) {
    const model = chatModel()
    const response = await provider.complete({ model, prompt: PROMPT, maxTokens: MAX_TOKENS, temperature: 0 })
    const exchange = lastExchange(CHAT)
    const { message, finish_reason: finishReason } = choiceOf(bodyOf(exchange))
    const { content } = message
    findings.check('shape', typeof content === 'string' || content === null, `content is ${typeof content}`)
    findings.check('finish', FINISH_REASONS.includes(String(finishReason)), `finish_reason: ${String(finishReason)}`)
    const { prompt_tokens: input, completion_tokens: output, total_tokens: total } = usageOf(bodyOf(exchange))
    const hasUsage = [input, output, total].every((count) => typeof count === 'number')
    findings.check('usage', hasUsage, 'a count is missing')
    const differences = [
      hasInlineReasoning(textOf(content)) || response.text === textOf(content) ? [] : ['text'],
      (response.reasoning ?? '') === reasoningOf(message) || hasInlineReasoning(textOf(content)) ? [] : ['reasoning'],
      response.usage.inputTokens === input && response.usage.outputTokens === output ? [] : ['usage'],
    ].flat()
    findings.check('reading', differences.length === 0, `differs: ${differences.join(', ')}`)

    const short = await provider.complete({
      model,
      prompt: 'Count from one to fifty in words.',
      maxTokens: 8,
      temperature: 0,
    })
    findings.check('length', short.rawFinishReason === 'length', `finish_reason: ${short.rawFinishReason ?? 'missing'}`)

    const refused = await request('POST', CHAT, { body: { model } })
    const isText = refused.status === 400 && typeof bodyOf(refused)['error'] === 'string'
    findings.check('error', isText, `status ${refused.status}, error is ${typeof bodyOf(refused)['error']}`)
    const hasMessage = refused.status >= 400 && (errorText(bodyOf(refused)) !== '' || 'detail' in bodyOf(refused))
    findings.check('anyError', hasMessage, `status ${refused.status}`)
  },
})

/** Reasoning in the text moves to a field of its own, so that the text differs from the body. */
const hasInlineReasoning = (content: string): boolean => content.includes('</think>')

interface WireUsage {
  readonly prompt_tokens?: unknown
  readonly completion_tokens?: unknown
  readonly total_tokens?: unknown
}

/** Returns the usage of a body; an empty one if there is none. */
export const usageOf = (body: Readonly<Record<string, unknown>>): WireUsage => (body['usage'] ?? {}) as WireUsage
