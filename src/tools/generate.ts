import type { CompletionRequest } from '../completions/types.js'
import type { CallOptions } from '../config/options.js'
import type { CompletionEvent } from '../generation/types.js'
import type { ModelProvider } from '../provider.js'
import { TextToolCallParser } from './text-tool-calls.js'
import type { Tool } from './types.js'

/** One answer of the model: the last event has it whole. */
export type Generate = (request: CompletionRequest) => AsyncIterable<CompletionEvent>

/** Answers in one piece. */
export function generateWhole(provider: ModelProvider, options: CallOptions): Generate {
  return async function* (request) {
    yield { type: 'completion-end', response: await provider.complete(request, options) }
  }
}

/** Answers as they come. */
export function generateStreamed(provider: ModelProvider, options: CallOptions): Generate {
  return (request) => provider.stream(request, options)
}

/** Makes calls of what leaked into the text, when the server delivered none itself. */
export async function* salvage(
  events: AsyncIterable<CompletionEvent>,
  tools: readonly Tool[],
): AsyncGenerator<CompletionEvent> {
  const splitter = new TextToolCallParser(tools)
  let text = ''
  let isStreamed = false
  for await (const event of events) {
    if (event.type === 'text-delta') {
      isStreamed = true
      const piece = splitter.push(event.text)
      text += piece
      if (piece !== '') yield { type: 'text-delta', text: piece }
    } else if (event.type === 'completion-end') {
      const { response } = event
      const last = (isStreamed ? '' : splitter.push(response.text)) + splitter.end()
      text += last
      if (last !== '') yield { type: 'text-delta', text: last }
      const isSalvaged = response.toolCalls.length === 0 && splitter.calls.length > 0
      for (const [index, toolCall] of isSalvaged ? splitter.calls.entries() : []) {
        const { id, name, rawArguments } = toolCall
        yield { type: 'tool-call-start', index, id, name }
        yield { type: 'tool-call-delta', index, id, argumentsDelta: rawArguments }
        yield { type: 'tool-call', index, toolCall }
      }
      const calls = isSalvaged ? ({ toolCalls: splitter.calls, finishReason: 'tool-calls' } as const) : {}
      yield { type: 'completion-end', response: { ...response, text, ...calls } }
    } else yield event
  }
}
