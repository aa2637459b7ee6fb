import { answerPrompt } from './answer.js'
import type { Exchange } from './exchange.js'
import { digitId } from './generate/random.js'
import { estimateTokens, tokenize } from './generate/tokens.js'
import { type PromptDraft, reasons } from './read-chat-request.js'
import type { ResolvedModel } from './resolve-model.js'
import { nextNumber } from './state.js'
import type { MockPrompt, MockReply } from './types.js'
import { unlessAborted } from './waits.js'

export interface ToolCall {
  readonly id: string
  readonly name: string
  /** JSON, or what the script put in its place. */
  readonly arguments: string
}

/** An answer cut to size, ready for a route to put into its own words. */
export interface Generation {
  readonly prompt: MockPrompt
  readonly target: ResolvedModel
  /** Where an inline block is, it is part of `text`. */
  readonly reasoning: readonly string[]
  readonly text: readonly string[]
  readonly toolCalls: readonly ToolCall[]
  readonly finishReason: string
  /** The engine's reason, as `stats.stop_reason` on `/api/v0` has it. */
  readonly stopReason: string
  readonly usage: { readonly prompt: number; readonly completion: number; readonly reasoning: number }
  /** A number that no other generation of this mock has. */
  readonly number: number
}

function promptTokens(draft: PromptDraft): number {
  const texts = draft.messages.map((message) => message.text + JSON.stringify(message.toolCalls ?? ''))
  const tools = draft.tools.length > 0 ? JSON.stringify(draft.tools) : ''
  // Every message costs a few tokens of template, an image a few hundred.
  const images = draft.messages.reduce((sum, message) => sum + message.images.length, 0)
  return [...texts, tools, draft.prompt ?? ''].reduce((sum, text) => sum + estimateTokens(text), 0) + 4 + images * 256
}

/** Cuts pieces at the first stop string, which itself is left out. */
function applyStop(
  pieces: readonly string[],
  stops: readonly string[],
): { pieces: readonly string[]; stopped: boolean } {
  if (stops.length === 0) return { pieces, stopped: false }
  const whole = pieces.join('')
  const found = stops.map((stop) => whole.indexOf(stop)).filter((index) => index >= 0)
  if (found.length === 0) return { pieces, stopped: false }
  const end = Math.min(...found)
  const kept: string[] = []
  let length = 0
  for (const piece of pieces) {
    if (length >= end) break
    kept.push(piece.slice(0, end - length))
    length += piece.length
  }
  return { pieces: kept, stopped: true }
}

async function script(exchange: Exchange, prompt: MockPrompt, toolResult: string | undefined): Promise<MockReply> {
  // A script may wait for something of the test's own, and the client may not wait for it.
  const scripted = await unlessAborted(Promise.resolve(exchange.settings.reply(prompt)), exchange.signal)
  if (scripted === undefined) {
    const own = answerPrompt(prompt)
    return toolResult === undefined ? own : { ...own, text: toolResult }
  }
  return typeof scripted === 'string' ? { text: scripted } : scripted
}

/**
 * Decides the answer to a prompt and applies `stop` and the token limit to it. `toolResult` is what a tool of the
 * server's own has found, and then the mock's own answer.
 */
export async function generate(
  exchange: Exchange,
  draft: PromptDraft,
  target: ResolvedModel,
  toolResult?: string,
): Promise<Generation> {
  const { effort, ...rest } = draft
  const prompt: MockPrompt = { ...rest, model: target.instance.id, reasoning: reasons(target.model, effort) }
  const reply = exchange.fault?.reply?.(prompt) ?? (await script(exchange, prompt, toolResult))
  const number = nextNumber(exchange.state)
  // Responses and native chat have a place of their own for reasoning, whatever chat completions do with it.
  const isInline = target.model.reasoningField === 'inline' && prompt.route.endsWith('/chat/completions')
  const thinking = reply.reasoning ?? ''

  const cut = applyStop(reply.deltas ?? tokenize(reply.text ?? ''), prompt.stop)
  const room = prompt.maxTokens ?? Infinity
  const thought = tokenize(thinking).slice(0, room)
  const inline = isInline && thinking !== '' ? ['<think>', '\n', ...thought, '\n', '</think>', '\n\n'] : []
  const text = cut.pieces.slice(0, Math.max(0, room - thought.length))
  const isTruncated = thought.length + cut.pieces.length > room
  const toolCalls = isTruncated
    ? []
    : (reply.toolCalls ?? []).map((call, index) => ({
        id: call.id ?? digitId(`call ${prompt.seed} ${number} ${index}`, 9),
        name: call.name,
        arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
      }))
  const callTokens = toolCalls.reduce((sum, call) => sum + 8 + estimateTokens(call.arguments), 0)
  const natural = isTruncated ? 'length' : toolCalls.length > 0 ? 'tool_calls' : 'stop'
  const stopReasons: Readonly<Record<string, string>> = {
    length: 'maxPredictedTokensReached',
    tool_calls: 'toolCalls',
    stop: cut.stopped ? 'stopStringFound' : 'eosFound',
  }
  return {
    prompt,
    target,
    reasoning: isInline ? [] : thought,
    text: [...inline, ...text],
    toolCalls,
    finishReason: reply.finishReason ?? natural,
    stopReason: stopReasons[natural] ?? 'eosFound',
    usage: {
      prompt: reply.usage?.promptTokens ?? promptTokens(draft),
      completion: reply.usage?.completionTokens ?? thought.length + text.length + callTokens,
      reasoning: reply.usage?.reasoningTokens ?? thought.length,
    },
    number,
  }
}

/** The prompt's size when it does not fit the instance's context. */
export function overflow(draft: PromptDraft, target: ResolvedModel): { tokens: number; limit: number } | undefined {
  const tokens = promptTokens(draft)
  const limit = target.instance.contextLength
  return tokens > limit ? { tokens, limit } : undefined
}

/** Seconds a generation takes on paper, for the statistics. */
export function timing(exchange: Exchange, generation: Generation): { speed: number; first: number; total: number } {
  const { tokensPerSecond } = exchange.settings
  const speed = Number.isFinite(tokensPerSecond) ? tokensPerSecond : 63.2
  const first = 0.21
  return { speed, first, total: Number((first + generation.usage.completion / speed).toFixed(3)) }
}
