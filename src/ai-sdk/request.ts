import type { LanguageModelV3CallOptions, SharedV3Warning } from '@ai-sdk/provider'
import { currentPage } from '../browser/page.js'
import type { CompletionRequest, ResponseFormat } from '../completions/types.js'
import type { CallOptions } from '../config/options.js'
import type { ToolChoice } from '../generation/types.js'
import type { JSONSchema, ToolDefinition } from '../types.js'
import { compact } from '../utils/json.js'
import { toMessages } from './prompt.js'
import { checkModelSettings, settingsOfCall } from './settings.js'
import type { LMStudioModelSettings } from './types.js'

/** The options of a call in `ai` 6, and what `ai` 7 adds to them. */
export type ModelCallOptions = LanguageModelV3CallOptions & { readonly reasoning?: string | undefined }

/** A call of the AI SDK as one of this package. */
export interface MappedCall {
  readonly request: CompletionRequest
  readonly options: CallOptions
  readonly tools: readonly ToolDefinition[]
  readonly warnings: SharedV3Warning[]
}

/**
 * Maps a call of the AI SDK.
 *
 * @throws {@link ConfigurationError} `providerOptions.lmstudio` is invalid
 * @throws `UnsupportedFunctionalityError`: the prompt has a file that LM Studio does not accept
 */
export function toRequest(model: string, settings: LMStudioModelSettings, call: ModelCallOptions): MappedCall {
  const features = new Map<string, SharedV3Warning>()
  const warn = (feature: string): void => void features.set(feature, { type: 'unsupported', feature })
  const tools = toTools(call.tools ?? [], warn)
  const reasoning = toReasoningEffort(call.reasoning, features)
  const request = {
    model,
    messages: toMessages(call.prompt, warn),
    tools: tools.length === 0 ? undefined : tools,
    toolChoice: tools.length === 0 ? undefined : toToolChoice(call.toolChoice),
    responseFormat: toResponseFormat(call.responseFormat, warn),
    maxTokens: call.maxOutputTokens,
    temperature: call.temperature,
    topP: call.topP,
    topK: call.topK,
    stop: call.stopSequences?.length === 0 ? undefined : call.stopSequences,
    seed: call.seed,
    presencePenalty: call.presencePenalty,
    frequencyPenalty: call.frequencyPenalty,
    ...settingsOfCall(
      { ...settings, ...(reasoning === undefined ? {} : { reasoningEffort: reasoning }) },
      call.providerOptions,
      checkModelSettings,
    ),
  }
  return { request: compact(request), options: toCallOptions(call), tools, warnings: [...features.values()] }
}

/** Maps the abort signal and the headers of a call. */
export function toCallOptions({
  abortSignal,
  headers = {},
}: Pick<LanguageModelV3CallOptions, 'abortSignal' | 'headers'>): CallOptions {
  const isPage = currentPage() !== undefined
  // The AI SDK adds its name as `user-agent`. From a page, that header needs the permission of the server (CORS).
  const sent = Object.entries(headers).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !(isPage && entry[0].toLowerCase() === 'user-agent'),
  )
  return { signal: abortSignal, headers: Object.fromEntries(sent) }
}

function toTools(
  tools: NonNullable<LanguageModelV3CallOptions['tools']>,
  warn: (feature: string) => void,
): ToolDefinition[] {
  return tools.flatMap((tool): ToolDefinition[] => {
    if (tool.type === 'function') {
      // LM Studio has no field for them, and the model would not know of them.
      if (tool.strict === true) warn('strict tools')
      if (tool.inputExamples !== undefined && tool.inputExamples.length > 0) warn('input examples of tools')
      return [{ name: tool.name, description: tool.description, parameters: tool.inputSchema as JSONSchema }]
    }
    warn(`provider-defined tool ${tool.id}`)
    return []
  })
}

const toToolChoice = (choice: LanguageModelV3CallOptions['toolChoice']): ToolChoice | undefined =>
  choice?.type === 'tool' ? { tool: choice.toolName } : choice?.type

function toResponseFormat(
  format: LanguageModelV3CallOptions['responseFormat'],
  warn: (feature: string) => void,
): ResponseFormat | undefined {
  if (format?.type !== 'json') return undefined
  const { schema, name, description } = format
  if (description !== undefined) warn('a description of the output')
  return schema === undefined ? 'json' : { schema: schema as JSONSchema, ...(name ? { name } : {}) }
}

/** Maps the option `reasoning` of `ai` 7. */
function toReasoningEffort(reasoning: string | undefined, warnings: Map<string, SharedV3Warning>): string | undefined {
  if (reasoning === undefined || reasoning === 'provider-default') return undefined
  if (reasoning !== 'max') return reasoning
  const details = 'LM Studio does not know the level max; xhigh is sent instead.'
  warnings.set('reasoning', { type: 'compatibility', feature: 'reasoning', details })
  return 'xhigh'
}
