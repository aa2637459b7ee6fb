import type {
  JSONObject,
  LanguageModelV3Content,
  LanguageModelV3FinishReason,
  LanguageModelV3ResponseMetadata,
  LanguageModelV3Usage,
  SharedV3ProviderMetadata,
} from '@ai-sdk/provider'
import { findTool } from '../tools/find-tool.js'
import type { CompletionResponse, ToolCall, ToolDefinition, Usage } from '../types.js'
import { compact, isObject, parseJSON } from '../utils/json.js'

/** What of a call is needed to read its response. */
export interface ResponseContext {
  readonly tools: readonly ToolDefinition[]
  /** The ids of the tool calls in the prompt. */
  readonly usedIds: ReadonlySet<string>
  /** Whether the response is to be JSON. */
  readonly isJSON: boolean
}

/** Maps the content of a complete response. */
export function toContent(response: CompletionResponse, context: ResponseContext): LanguageModelV3Content[] {
  const { reasoning, toolCalls } = response
  const text = textOf(response, context)
  return [
    ...(reasoning ? [{ type: 'reasoning', text: reasoning } as const] : []),
    ...(text === '' ? [] : [{ type: 'text', text } as const]),
    ...toolCalls.map((toolCall) => toToolCall(toolCall, context)),
  ]
}

/**
 * Returns the text of a response. LM Studio may apply the schema to the reasoning of a thinking model and leave the text
 * empty (docs/http-api.md 9.2): the JSON in the reasoning is then the text.
 */
export function textOf({ text, reasoning = '', toolCalls }: CompletionResponse, { isJSON }: ResponseContext): string {
  const isMisplaced = isJSON && text.trim() === '' && toolCalls.length === 0 && isObject(parseJSON(reasoning))
  return isMisplaced ? reasoning.trim() : text
}

/** Maps a tool call; what is not JSON stays as it is, and the AI SDK repairs or reports it. */
export function toToolCall(
  { id, name, rawArguments }: ToolCall,
  context: ResponseContext,
): Extract<LanguageModelV3Content, { type: 'tool-call' }> {
  return {
    type: 'tool-call',
    toolCallId: uniqueId(id, context),
    toolName: toolName(name, context),
    input: rawArguments,
  }
}

/** The name under which the application knows a tool: LM Studio shows names to the model in snake_case. */
export const toolName = (name: string, { tools }: ResponseContext): string => findTool(tools, name)?.name ?? name

/** The AI SDK identifies the calls of a conversation by id; the ids of some servers begin anew with each response. */
export function uniqueId(id: string, { usedIds }: ResponseContext): string {
  let unique = id
  for (let number = 2; usedIds.has(unique); number++) unique = `${id}_${number}`
  return unique
}

/** Maps the finish reason. */
export const toFinishReason = ({ finishReason, rawFinishReason }: CompletionResponse): LanguageModelV3FinishReason => ({
  unified: finishReason,
  raw: rawFinishReason,
})

/** Maps the token counts. `raw` is the body or the last chunk, which has the counts as received. */
export function toUsage({ usage, raw }: { readonly usage: Usage; readonly raw: unknown }): LanguageModelV3Usage {
  const { inputTokens, outputTokens, cachedTokens, reasoningTokens } = usage
  const wire = isObject(raw) && isObject(raw['usage']) ? raw['usage'] : undefined
  return {
    inputTokens: {
      total: inputTokens,
      noCache: subtract(inputTokens, cachedTokens),
      cacheRead: cachedTokens,
      cacheWrite: undefined,
    },
    outputTokens: { total: outputTokens, text: subtract(outputTokens, reasoningTokens), reasoning: reasoningTokens },
    ...(wire === undefined ? {} : { raw: wire as JSONObject }),
  }
}

const subtract = (total: number | undefined, part: number | undefined): number | undefined =>
  total === undefined || part === undefined ? undefined : total - part

/** Maps the id and the model of a response. */
export const toMetadata = (id: string, modelId: string): LanguageModelV3ResponseMetadata => ({
  ...(id === '' ? {} : { id }),
  modelId,
  timestamp: new Date(),
})

/** The speed of a response. */
export function toProviderMetadata({ stats }: Pick<CompletionResponse, 'stats'>): SharedV3ProviderMetadata {
  const { timeToFirstTokenMs, tokensPerSecond, durationMs } = stats
  return { lmstudio: compact({ timeToFirstTokenMs, tokensPerSecond, durationMs }) as JSONObject }
}
