import type { LanguageModelV3, LanguageModelV3StreamPart } from '@ai-sdk/provider'
import { chatCompletions, complete, stream } from '../completions/complete.js'
import { ROUTES } from '../config/routes.js'
import { streamGeneration } from '../generation/run-generation.js'
import type { CompletionEvent } from '../generation/types.js'
import type { Client } from '../http/types.js'
import type { PartialCompletion } from '../types.js'
import { toSDKError, withSDKErrors } from './errors.js'
import { toolCallIds } from './prompt.js'
import { withRawFrames } from './raw-frames.js'
import { type MappedCall, type ModelCallOptions, toRequest } from './request.js'
import { type ResponseContext, toContent, toFinishReason, toMetadata, toProviderMetadata, toUsage } from './response.js'
import { type RawEvent, StreamParts } from './stream-parts.js'
import type { LMStudioModelSettings } from './types.js'

/**
 * Creates a language model over a client.
 *
 * @remarks
 * It implements version 3 of the specification, which `ai` 6 and 7 accept, without `this`: `ai` 7 wraps it in a proxy.
 */
export function createLanguageModel(client: Client, modelId: string, settings: LMStudioModelSettings): LanguageModelV3 {
  const failedCall = (call: ModelCallOptions) => ({
    client,
    route: ROUTES.chatCompletions,
    modelId,
    signal: call.abortSignal,
  })

  return {
    specificationVersion: 'v3',
    provider: 'lmstudio.chat',
    modelId,
    // LM Studio fetches no URL, so the AI SDK downloads all of them.
    supportedUrls: {},

    doGenerate: (call) =>
      withSDKErrors(failedCall(call), async () => {
        const mapped = toRequest(modelId, settings, call)
        const response = await complete(client, mapped.request, mapped.options)
        return {
          content: toContent(response, toContext(call, mapped)),
          finishReason: toFinishReason(response),
          usage: toUsage(response),
          providerMetadata: toProviderMetadata(response),
          response: { ...toMetadata(response.id, response.model), body: response.raw },
          warnings: mapped.warnings,
        }
      }),

    doStream: (call) =>
      withSDKErrors(failedCall(call), async () => {
        const mapped = toRequest(modelId, settings, call)
        const events = openEvents(client, mapped, call.includeRawChunks === true)
        // An error before the first event rejects the call, as an error of HTTP does in other providers.
        const first = await events.next()
        const toError = (error: unknown): unknown => toSDKError(error, failedCall(call))
        return { stream: toPartStream(events, first, { call, mapped, toError }) }
      }),
  }
}

const toContext = ({ prompt, responseFormat }: ModelCallOptions, { tools }: MappedCall): ResponseContext => ({
  tools,
  usedIds: toolCallIds(prompt),
  isJSON: responseFormat?.type === 'json',
})

type Events = AsyncIterator<CompletionEvent | RawEvent>

function openEvents(client: Client, { request, options }: MappedCall, isRaw: boolean): Events {
  const events = isRaw
    ? streamGeneration(withRawFrames(chatCompletions), client, { request, options })
    : stream(client, request, options)
  return events[Symbol.asyncIterator]()
}

interface StreamedCall {
  readonly call: ModelCallOptions
  readonly mapped: MappedCall
  readonly toError: (error: unknown) => unknown
}

/** Reads the events only as far as the parts are read. */
function toPartStream(
  events: Events,
  first: IteratorResult<CompletionEvent | RawEvent>,
  { call, mapped, toError }: StreamedCall,
): ReadableStream<LanguageModelV3StreamPart> {
  const parts = new StreamParts(toContext(call, mapped))
  let next: Promise<IteratorResult<CompletionEvent | RawEvent>> | undefined = Promise.resolve(first)

  /** Returns the parts of the next event that has some; `undefined` at the end. */
  async function nextParts(): Promise<LanguageModelV3StreamPart[] | undefined> {
    for (;;) {
      const { done, value } = await (next ?? events.next())
      next = undefined
      if (done === true) return undefined
      const list = parts.add(value)
      if (list.length > 0) return list
    }
  }

  return new ReadableStream({
    start: (controller) => controller.enqueue({ type: 'stream-start', warnings: mapped.warnings }),
    async pull(controller) {
      try {
        const list = await nextParts()
        if (list === undefined) return controller.close()
        for (const part of list) controller.enqueue(part)
      } catch (error) {
        // The AI SDK recognizes an abort by the exception.
        if (call.abortSignal?.aborted === true) return controller.error(error)
        const { partial } = error as { readonly partial?: PartialCompletion }
        for (const part of parts.fail(toError(error), partial)) controller.enqueue(part)
        controller.close()
      }
    },
    async cancel() {
      await events.return?.()
    },
  })
}
