import { defaultReply } from '../default-reply.js'
import { tokenize } from '../generate/tokens.js'
import { type JSONObject, asArray, asCount, asObject, asString, isObject } from '../json-values.js'
import { type BodyStep, type BodySteps, dataFrame } from '../replies/steps.js'
import { type CallInfo, type FaultGroup, type FaultParameters, chatCompletions, streams } from './behavior.js'
import type { MockFaultName } from './types.js'

/** Changes the message of a whole completion, or the delta of a chunk. */
function changeMessage(document: JSONObject, change: (message: JSONObject) => JSONObject): JSONObject {
  if (!('choices' in document)) return document
  const choices = asArray(document.choices).map((value) => {
    const choice = asObject(value)
    const key = isObject(choice.delta) ? 'delta' : 'message'
    return { ...choice, [key]: change(asObject(choice[key])) }
  })
  return { ...document, choices }
}

/** Writes reasoning and text as a list of content parts, as Mistral's API does. */
function withContentParts(message: JSONObject): JSONObject {
  const { content, reasoning_content: reasoningContent, reasoning, ...rest } = message
  const thinking = asString(reasoningContent) || asString(reasoning)
  const text = asString(content)
  const parts = [
    ...(thinking === '' ? [] : [{ type: 'thinking', thinking: [{ type: 'text', text: thinking }] }]),
    ...(text === '' ? [] : [{ type: 'text', text }]),
  ]
  return parts.length === 0 ? rest : { ...rest, content: parts }
}

/** Renames `delta` to `message` where it carries text. */
function moveDeltas(document: JSONObject): JSONObject {
  if (!('choices' in document)) return document
  const choices = asArray(document.choices).map((value) => {
    const { delta, ...choice } = asObject(value)
    return asObject(delta).content === undefined ? { ...choice, delta } : { ...choice, message: delta }
  })
  return { ...document, choices }
}

const chatStreams = (call: CallInfo): boolean => chatCompletions(call) && streams(call)

/** Milliseconds that the engine reports for each processed token. */
const MS_PER_TOKEN = 0.4

/** Reports the progress of the prompt before the first chunk, as llama.cpp does. */
async function* withPromptProgress(steps: BodySteps, parameters: FaultParameters): AsyncGenerator<BodyStep> {
  const total = asCount(parameters.total) ?? 6000
  const size = asCount(parameters.batch) || 1000
  let isFirst = true
  for await (const step of steps) {
    if (isFirst && step.kind === 'frame') {
      isFirst = false
      for (let processed = Math.min(size, total); ; processed = Math.min(processed + size, total)) {
        if (typeof parameters.ms === 'number') yield { kind: 'sleep', ms: parameters.ms }
        yield dataFrame({
          ...asObject(step.data),
          choices: [{ index: 0, delta: { role: 'assistant', content: null }, finish_reason: null }],
          prompt_progress: { total, cache: 0, processed, time_ms: processed * MS_PER_TOKEN },
        })
        if (processed === total) break
      }
    }
    yield step
  }
}

/** Faults of the output of chat completions, as servers other than LM Studio send it. */
export const chatOutputFaults = {
  'prompt-progress': { applies: chatStreams, steps: withPromptProgress },
  'content-parts': { applies: chatCompletions, json: (document) => changeMessage(document, withContentParts) },
  'empty-content': {
    applies: chatCompletions,
    reply: () => ({ deltas: ['x', 'x', 'x'], finishReason: 'stop', usage: { completionTokens: 42 } }),
    json: (document, { content = null }) =>
      changeMessage(document, (message) => ('content' in message ? { ...message, content } : message)),
  },
  'answer-in-message': {
    applies: chatStreams,
    reply: (prompt) => ({ deltas: [defaultReply({ ...prompt, tools: [] }).text ?? ''] }),
    json: moveDeltas,
  },
  'lone-think-end': {
    applies: chatCompletions,
    reply: (prompt) => {
      const { reasoning = '', text = '' } = defaultReply({ ...prompt, reasoning: true, tools: [] })
      return { deltas: [...tokenize(reasoning), '\n', '</think>', '\n\n', ...tokenize(text)] }
    },
  },
} satisfies FaultGroup<MockFaultName>
