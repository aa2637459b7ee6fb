import type {
  CallOptions,
  CompletionEvent,
  CompletionRequest,
  CompletionResponse,
  CompletionStream,
  ModelProvider,
  ToolCall,
} from 'lmstudio-provider'
import { createResponseStream } from '../../src/streaming/event-stream.js'

/** A scripted response, and the deltas of its text and its reasoning. */
export type FakeResponse = Omit<Partial<CompletionResponse>, 'reasoning'> & {
  readonly deltas?: readonly string[]
  readonly reasoning?: readonly string[]
}

/** A tool call, as a provider returns it. */
export const toolCall = (name: string, args: unknown, id = 'call_1'): ToolCall => ({
  id,
  name,
  arguments: args,
  rawArguments: JSON.stringify(args),
})

/** A response with these tool calls. */
export const withToolCalls = (...toolCalls: readonly ToolCall[]): FakeResponse => ({
  toolCalls,
  finishReason: 'tool-calls',
})

function toResponse({ deltas = [], reasoning = [], ...response }: FakeResponse): CompletionResponse {
  return {
    id: 'completion',
    model: 'fake',
    text: deltas.join(''),
    reasoning: reasoning.join(''),
    toolCalls: [],
    finishReason: 'stop',
    rawFinishReason: undefined,
    usage: { inputTokens: 10, outputTokens: 2, totalTokens: 12 },
    stats: { timeToFirstTokenMs: undefined, tokensPerSecond: undefined, durationMs: undefined, measuredBy: {} },
    raw: undefined,
    ...response,
  }
}

/** A provider that is not LM Studio. It returns these responses in turn, then the last one again and again. */
export function fakeProvider(...responses: readonly (FakeResponse | Error)[]): ModelProvider & {
  readonly requests: CompletionRequest[]
  /** The options of each request. */
  readonly options: (CallOptions | undefined)[]
} {
  const requests: CompletionRequest[] = []
  const allOptions: (CallOptions | undefined)[] = []
  const next = (request: CompletionRequest, options: CallOptions | undefined): FakeResponse => {
    const response = responses[Math.min(requests.length, responses.length - 1)]!
    requests.push(request)
    allOptions.push(options)
    if (response instanceof Error) throw response
    return response
  }
  return {
    name: 'fake',
    requests,
    options: allOptions,
    listModels: async () => [],
    supportsModel: async () => true,
    modelCapabilities: async () => undefined,
    healthCheck: () => Promise.reject(new Error('not implemented')),
    complete: async (request, options) => toResponse(next(request, options)),
    stream: (request, options): CompletionStream =>
      createResponseStream<CompletionEvent, CompletionResponse>(async function* () {
        const scripted = next(request, options)
        const response = toResponse(scripted)
        const deltas = scripted.deltas ?? (response.text === '' ? [] : [response.text])
        yield [
          { type: 'completion-start', id: response.id, model: response.model },
          ...(scripted.reasoning ?? []).map((text) => ({ type: 'reasoning-delta', text }) as const),
          ...deltas.map((text) => ({ type: 'text-delta', text }) as const),
          ...response.toolCalls.map((call, index) => ({ type: 'tool-call', index, toolCall: call }) as const),
          { type: 'completion-end', response },
        ]
        return response
      }, options?.signal),
  }
}
