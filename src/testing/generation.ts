import { defaultReply } from './default-reply.js'
import type { Exchange } from './exchange.js'
import { digitId } from './generate/random.js'
import { estimateTokens, tokenize } from './generate/tokens.js'
import { checkImages } from './requests/images.js'
import type { PromptDraft } from './requests/prompt-draft.js'
import type { ResolvedModel } from './resolve-model.js'
import { type DiskModel, nextNumber } from './state.js'
import type { MockPrompt, MockReply } from './types.js'
import { takeTurn } from './use-instance.js'
import { unlessAborted } from './waits.js'

export interface ToolCall {
  readonly id: string
  readonly name: string
  /** JSON, or the string that the script gave instead. */
  readonly arguments: string
}

/** A model's output, cut to the limits of the request: what every route puts into its own response shape. */
export interface Generation {
  readonly prompt: MockPrompt
  readonly target: ResolvedModel
  /** Empty where the reasoning is an inline `<think>` block: it is then part of `text`. */
  readonly reasoning: readonly string[]
  readonly text: readonly string[]
  readonly toolCalls: readonly ToolCall[]
  readonly finishReason: string
  /** The engine's reason, as in `stats.stop_reason` on `/api/v0`. */
  readonly stopReason: string
  /** In tokens. */
  readonly usage: { readonly prompt: number; readonly completion: number; readonly reasoning: number }
  /** Unique among the generations of this mock. */
  readonly number: number
}

const TEMPLATE_TOKENS = 4
const IMAGE_TOKENS = 256

function countPromptTokens(draft: PromptDraft): number {
  const texts = draft.messages.map((message) => message.text + JSON.stringify(message.toolCalls ?? ''))
  const tools = draft.tools.length > 0 ? JSON.stringify(draft.tools) : ''
  const images = draft.messages.reduce((sum, message) => sum + message.images.length, 0)
  const textTokens = [...texts, tools, draft.prompt ?? ''].reduce((sum, text) => sum + estimateTokens(text), 0)
  return textTokens + TEMPLATE_TOKENS + images * IMAGE_TOKENS
}

/** Cuts deltas before the first stop string. */
function applyStop(
  deltas: readonly string[],
  stops: readonly string[],
): { deltas: readonly string[]; stopped: boolean } {
  if (stops.length === 0) return { deltas, stopped: false }
  const text = deltas.join('')
  const positions = stops.map((stop) => text.indexOf(stop)).filter((index) => index >= 0)
  if (positions.length === 0) return { deltas, stopped: false }
  const end = Math.min(...positions)
  const kept: string[] = []
  let length = 0
  for (const delta of deltas) {
    if (length >= end) break
    kept.push(delta.slice(0, end - length))
    length += delta.length
  }
  return { deltas: kept, stopped: true }
}

async function scriptedReply(
  exchange: Exchange,
  prompt: MockPrompt,
  toolResult: string | undefined,
): Promise<MockReply> {
  // A script may wait for an event of the test, and the client may disconnect before it.
  const scripted = await unlessAborted(Promise.resolve(exchange.settings.reply(prompt)), exchange.signal)
  if (scripted === undefined) {
    const reply = defaultReply(prompt)
    return toolResult === undefined ? reply : { ...reply, text: toolResult }
  }
  return typeof scripted === 'string' ? { text: scripted } : scripted
}

/** Returns whether the model reasons before it responds to a request with this reasoning setting. */
function reasons(model: DiskModel, effort: string): boolean {
  if (model.reasoning === false) return false
  const setting = effort === '' ? model.reasoning.default : effort
  return setting !== 'none' && setting !== 'off'
}

/**
 * Generates the output for a prompt and applies `stop` and the token limit.
 *
 * @param toolResult the text of a tool that the server itself ran; it becomes the text of the mock's own reply
 */
export async function generate(
  exchange: Exchange,
  draft: PromptDraft,
  target: ResolvedModel,
  toolResult?: string,
): Promise<Generation> {
  const { effort, ...rest } = draft
  const prompt: MockPrompt = { ...rest, model: target.instance.id, reasoning: reasons(target.model, effort) }
  checkImages(draft, target.model)
  await takeTurn(exchange, target.instance)
  const reply = exchange.fault?.reply(prompt) ?? (await scriptedReply(exchange, prompt, toolResult))
  const number = nextNumber(exchange.state)
  // Only chat completions put reasoning into the text; the other routes have a field of their own for it.
  const isInline = target.model.reasoningField === 'inline' && prompt.route.endsWith('/chat/completions')

  const limit = prompt.maxTokens ?? Infinity
  const { deltas, stopped } = applyStop(reply.deltas ?? tokenize(reply.text ?? ''), prompt.stop)
  const reasoning = tokenize(reply.reasoning ?? '').slice(0, limit)
  const thinkBlock = isInline && reply.reasoning ? ['<think>', '\n', ...reasoning, '\n', '</think>', '\n\n'] : []
  const text = deltas.slice(0, Math.max(0, limit - reasoning.length))
  const isTruncated = reasoning.length + deltas.length > limit
  const toolCalls = isTruncated
    ? []
    : (reply.toolCalls ?? []).map((call, index) => ({
        id: call.id ?? digitId(`call ${prompt.seed} ${number} ${index}`, 9),
        name: call.name,
        arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
      }))
  const callTokens = toolCalls.reduce((sum, call) => sum + 8 + estimateTokens(call.arguments), 0)
  const finishReason = isTruncated ? 'length' : toolCalls.length > 0 ? 'tool_calls' : 'stop'
  const stopReasons = {
    length: 'maxPredictedTokensReached',
    tool_calls: 'toolCalls',
    stop: stopped ? 'stopStringFound' : 'eosFound',
  }
  return {
    prompt,
    target,
    reasoning: isInline ? [] : reasoning,
    text: [...thinkBlock, ...text],
    toolCalls,
    finishReason: reply.finishReason ?? finishReason,
    stopReason: stopReasons[finishReason],
    usage: {
      prompt: reply.usage?.promptTokens ?? countPromptTokens(draft),
      completion: reply.usage?.completionTokens ?? reasoning.length + text.length + callTokens,
      reasoning: reply.usage?.reasoningTokens ?? reasoning.length,
    },
    number,
  }
}

/** Returns the size of a prompt that exceeds the instance's context, both in tokens. */
export function findOverflow(draft: PromptDraft, target: ResolvedModel): { tokens: number; limit: number } | undefined {
  const tokens = countPromptTokens(draft)
  const limit = target.instance.contextLength
  return tokens > limit ? { tokens, limit } : undefined
}

/** Returns the figures for the statistics: tokens per second, then seconds. They do not depend on the clock. */
export function timing(exchange: Exchange, generation: Generation): { speed: number; first: number; total: number } {
  const { tokensPerSecond } = exchange.settings
  const speed = Number.isFinite(tokensPerSecond) ? tokensPerSecond : 63.2
  const first = 0.21
  return { speed, first, total: Number((first + generation.usage.completion / speed).toFixed(3)) }
}
