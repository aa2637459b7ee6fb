import type { CompletionResponse, ModelInfo } from 'lmstudio-provider'

const unknown = {
  chat: undefined,
  embeddings: undefined,
  vision: undefined,
  toolUse: undefined,
  reasoning: undefined,
  structuredOutput: undefined,
  maxContextLength: undefined,
  contextLength: undefined,
}

/** A model of which only this is known. */
export const model = (facts: Partial<ModelInfo> & { readonly id: string }): ModelInfo => ({
  type: 'llm',
  state: 'not-loaded',
  instances: [],
  raw: {},
  ...facts,
  capabilities: { ...unknown, chat: facts.type !== 'embedding', ...facts.capabilities },
})

/** A finished answer of which only this matters. */
export const response = (facts: Partial<CompletionResponse> = {}): CompletionResponse => ({
  id: 'chatcmpl-1',
  model: 'acme/tern-4b',
  text: 'Hello.',
  toolCalls: [],
  finishReason: 'stop',
  rawFinishReason: 'stop',
  usage: { inputTokens: 5, outputTokens: 3, totalTokens: 8 },
  stats: { timeToFirstTokenMs: 120, tokensPerSecond: 42.04, durationMs: 900, measuredBy: {} },
  raw: {},
  ...facts,
})
