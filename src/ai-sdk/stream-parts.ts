import type { LanguageModelV3StreamPart, SharedV3ProviderMetadata } from '@ai-sdk/provider'
import type { CompletionEvent } from '../generation/types.js'
import type { CompletionResponse, PartialCompletion } from '../types.js'
import {
  type ResponseContext,
  textOf,
  toFinishReason,
  toMetadata,
  toolName,
  toProviderMetadata,
  toToolCall,
  toUsage,
  uniqueId,
} from './response.js'

/** One frame of the server as it came. */
export interface RawEvent {
  readonly type: 'raw'
  readonly value: unknown
}

type Part = LanguageModelV3StreamPart
type BlockType = 'text' | 'reasoning'

/** Maps the events of a completion to the parts of a stream of the AI SDK. */
export class StreamParts {
  readonly #context: ResponseContext
  /** The block of text or reasoning that has begun. */
  #block: { readonly type: BlockType; readonly id: string } | undefined
  #blockCount = 0
  #hasText = false

  constructor(context: ResponseContext) {
    this.#context = context
  }

  /** Returns the parts for an event. */
  add(event: CompletionEvent | RawEvent): Part[] {
    switch (event.type) {
      case 'raw':
        return [{ type: 'raw', rawValue: event.value }]
      case 'completion-start':
        return [{ type: 'response-metadata', ...toMetadata(event.id, event.model) }]
      case 'reasoning-delta':
        return this.#addDelta('reasoning', event.text)
      case 'text-delta':
        if (event.text.trim() !== '') this.#hasText = true
        return this.#addDelta('text', event.text)
      case 'tool-call-start':
        return [...this.#endBlock(), { type: 'tool-input-start', ...this.#callOf(event) }]
      case 'tool-call-delta':
        return [{ type: 'tool-input-delta', id: uniqueId(event.id, this.#context), delta: event.argumentsDelta }]
      case 'tool-call': {
        const toolCall = toToolCall(event.toolCall, this.#context)
        return [...this.#endBlock(), { type: 'tool-input-end', id: toolCall.toolCallId }, toolCall]
      }
      case 'completion-end':
        return this.#finish(event.response)
      case 'progress':
        return this.#addProgress(event)
    }
  }

  /** Returns the parts for an error that ends the stream, after what had arrived. */
  fail(error: unknown, partial: PartialCompletion | undefined): Part[] {
    return [
      ...this.#endBlock(),
      { type: 'error', error },
      {
        type: 'finish',
        finishReason: { unified: 'error', raw: undefined },
        usage: toUsage(partial ?? { usage: NO_USAGE, raw: undefined }),
      },
    ]
  }

  /**
   * The AI SDK has no part for progress. It passes metadata on at once with a delta of reasoning or text, also with an empty
   * one. Reasoning comes first, so that its block continues with what the model thinks.
   */
  #addProgress({ phase, progress }: Extract<CompletionEvent, { type: 'progress' }>): Part[] {
    return this.#addDelta(this.#block?.type ?? 'reasoning', '', { lmstudio: { phase, progress } })
  }

  #addDelta(type: BlockType, delta: string, providerMetadata?: SharedV3ProviderMetadata): Part[] {
    const parts: Part[] = []
    if (this.#block?.type !== type) {
      parts.push(...this.#endBlock())
      this.#block = { type, id: `${type}-${this.#blockCount++}` }
      parts.push({ type: `${type}-start`, id: this.#block.id })
    }
    parts.push({
      type: `${type}-delta`,
      id: this.#block.id,
      delta,
      ...(providerMetadata === undefined ? {} : { providerMetadata }),
    })
    return parts
  }

  #endBlock(): Part[] {
    if (this.#block === undefined) return []
    const { type, id } = this.#block
    this.#block = undefined
    return [{ type: `${type}-end`, id }]
  }

  #callOf({ id, name }: { readonly id: string; readonly name: string }): { id: string; toolName: string } {
    return { id: uniqueId(id, this.#context), toolName: toolName(name, this.#context) }
  }

  #finish(response: CompletionResponse): Part[] {
    const text = this.#hasText ? '' : textOf(response, this.#context)
    const misplaced = text.trim() === '' ? [] : this.#addDelta('text', text)
    return [
      ...misplaced,
      ...this.#endBlock(),
      {
        type: 'finish',
        finishReason: toFinishReason(response),
        usage: toUsage(response),
        providerMetadata: toProviderMetadata(response),
      },
    ]
  }
}

const NO_USAGE = { inputTokens: undefined, outputTokens: undefined, totalTokens: undefined }
