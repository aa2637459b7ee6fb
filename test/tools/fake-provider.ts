import type {
  CompletionEvent,
  CompletionRequest,
  CompletionResponse,
  CompletionStream,
  ModelProvider,
  ToolCall,
} from 'lmstudio-provider'
import { createResponseStream } from '../../src/generation/response-stream.js'

export type Answer = Partial<CompletionResponse> & { readonly pieces?: readonly string[] }

/** A model's wish, as a provider gives it. */
export const call = (name: string, given: unknown, id = 'call_1'): ToolCall => ({
  id,
  name,
  arguments: given,
  rawArguments: JSON.stringify(given),
})

export const calls = (...toolCalls: readonly ToolCall[]): Answer => ({ toolCalls, finishReason: 'tool-calls' })

function toResponse({ pieces = [], ...answer }: Answer): CompletionResponse {
  return {
    id: 'answer',
    model: 'fake',
    text: pieces.join(''),
    toolCalls: [],
    finishReason: 'stop',
    rawFinishReason: undefined,
    usage: { inputTokens: 10, outputTokens: 2, totalTokens: 12 },
    stats: { timeToFirstTokenMs: undefined, tokensPerSecond: undefined, durationMs: undefined, measuredBy: {} },
    raw: undefined,
    ...answer,
  }
}

/** A provider of nobody's, which gives these answers in turn, the last one for ever, and keeps what it was asked. */
export function fakeProvider(...answers: readonly (Answer | Error)[]): ModelProvider & {
  readonly requests: CompletionRequest[]
  readonly signals: (AbortSignal | undefined)[]
} {
  const requests: CompletionRequest[] = []
  const signals: (AbortSignal | undefined)[] = []
  const next = (request: CompletionRequest, signal: AbortSignal | undefined): Answer => {
    const answer = answers[Math.min(requests.length, answers.length - 1)]!
    requests.push(request)
    signals.push(signal)
    if (answer instanceof Error) throw answer
    return answer
  }
  return {
    name: 'fake',
    requests,
    signals,
    listModels: async () => [],
    supportsModel: async () => true,
    modelCapabilities: async () => undefined,
    healthCheck: () => Promise.reject(new Error('not asked for')),
    complete: async (request, options) => toResponse(next(request, options?.signal)),
    stream: (request, options): CompletionStream =>
      createResponseStream<CompletionEvent, CompletionResponse>(async function* () {
        const answer = next(request, options?.signal)
        const response = toResponse(answer)
        const text = answer.pieces ?? (response.text === '' ? [] : [response.text])
        yield [
          { type: 'completion-start', id: response.id, model: response.model },
          ...text.map((piece) => ({ type: 'text-delta', text: piece }) as const),
          ...response.toolCalls.map((toolCall, index) => ({ type: 'tool-call', index, toolCall }) as const),
          { type: 'completion-end', response },
        ]
        return response
      }, options?.signal),
  }
}
