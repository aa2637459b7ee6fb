import { signal, type Signal } from '@preact/signals'
import type { ChatEvent, ChatResponse, CompletionEvent, CompletionResponse, LMStudioProvider } from 'lmstudio-provider'
import { tokensPerSecond } from '../lib/speed.js'
import { describeError } from '../state/connection.js'
import { labeled } from '../state/request-link.js'
import { toChatRequest, toCompletionRequest, nativeFallbackReason } from './request.js'
import type { AssistantMessage, Conversation, UserMessage, Speed } from './types.js'

/** What the server is doing now. */
export type Phase = 'waiting' | 'model-load' | 'prompt-processing' | 'thinking' | 'responding'

/** A text that is being streamed. */
export interface StreamingText {
  readonly text: string
  /** Calls the listener with the text so far and then with each delta. Returns a function that unsubscribes. */
  subscribe(listener: (delta: string) => void): () => void
}

/** A response that is being streamed. It continues while another view is open. */
export interface Run {
  readonly conversationId: string
  readonly messageId: string
  /** By `performance.now()`. */
  readonly startedAt: number
  readonly phase: Signal<Phase>
  /** Progress of loading or prompt processing, 0–1; `undefined` if unknown. */
  readonly progress: Signal<number | undefined>
  readonly text: StreamingText
  readonly reasoning: StreamingText
  /** Start of the reasoning, by `performance.now()`. */
  readonly thinkingSince: Signal<number | undefined>
  /** Stops the response. The text so far is kept. */
  stop(): void
  /** Changes to the message once the response has ended. Never rejects. */
  readonly outcome: Promise<Partial<AssistantMessage>>
}

const STOPPED = new DOMException('Stopped.', 'AbortError')

/** Requests a response to a message. A response that has text already is continued. */
export function startRun(
  client: LMStudioProvider,
  conversation: Conversation,
  message: UserMessage,
  response: Pick<AssistantMessage, 'id' | 'model' | 'text' | 'reasoning'>,
): Run {
  const controller = new AbortController()
  const isContinued = response.text !== ''
  const text = createStreamingText(response.text)
  const reasoning = createStreamingText(response.reasoning)
  const phase = signal<Phase>('waiting')
  const progress = signal<number | undefined>(undefined)
  const thinkingSince = signal<number | undefined>(undefined)
  const startedAt = performance.now()
  let firstAt: number | undefined
  let reasoningMs: number | undefined

  const enterPhase = (next: Phase, value?: number): void => {
    if (phase.peek() === 'thinking' && next === 'responding') reasoningMs = performance.now() - thinkingSince.peek()!
    phase.value = next
    progress.value = value
  }

  const handleEvent = (event: ChatEvent | CompletionEvent): CompletionResponse | ChatResponse | undefined => {
    switch (event.type) {
      case 'progress':
        enterPhase(event.phase, event.progress)
        break
      case 'model-load-start':
        enterPhase('model-load', 0)
        break
      case 'prompt-processing-start':
        enterPhase('prompt-processing')
        break
      case 'reasoning-delta':
        firstAt ??= performance.now()
        thinkingSince.value ??= performance.now()
        if (phase.peek() !== 'thinking') enterPhase('thinking')
        reasoning.add(event.text)
        break
      case 'text-delta':
        firstAt ??= performance.now()
        if (phase.peek() !== 'responding') enterPhase('responding')
        text.add(event.text)
        break
      case 'completion-end':
      case 'chat-end':
        return event.response
      default:
    }
    return undefined
  }

  const request = async (): Promise<Partial<AssistantMessage>> => {
    const options = { signal: controller.signal, ...labeled(response.id) }
    // The native route cannot continue a response.
    const isNative = conversation.isNative && !isContinued && nativeFallbackReason(conversation, message) === undefined
    const stream: AsyncIterable<ChatEvent | CompletionEvent> = isNative
      ? client.streamChat(toChatRequest(conversation, message, response.model), options)
      : client.stream(toCompletionRequest(conversation, message, response.model, response.id), options)
    for await (const event of stream) {
      const result = handleEvent(event)
      if (result !== undefined) return { state: 'whole', ...fromResponse(result) }
    }
    throw new Error('The stream ended without a final event.')
  }

  const currentState = (): Partial<AssistantMessage> => {
    const elapsed =
      reasoningMs ?? (thinkingSince.peek() === undefined ? undefined : performance.now() - thinkingSince.peek()!)
    return {
      text: text.text,
      ...(reasoning.text === '' ? {} : { reasoning: reasoning.text }),
      ...(elapsed === undefined ? {} : { reasoningMs: elapsed }),
    }
  }

  const measureSpeed = (): Speed => ({
    durationMs: performance.now() - startedAt,
    ...(firstAt === undefined ? {} : { timeToFirstTokenMs: firstAt - startedAt }),
  })

  const outcome = request().then(
    (changes) => ({ ...currentState(), ...changes }),
    (error: unknown) => {
      const isStopped = controller.signal.aborted
      const changes: Partial<AssistantMessage> = {
        ...currentState(),
        state: isStopped ? 'stopped' : 'broken',
        speed: measureSpeed(),
      }
      return isStopped ? changes : { ...changes, error: describeError(error) }
    },
  )

  return {
    conversationId: conversation.id,
    messageId: response.id,
    startedAt,
    phase,
    progress,
    text,
    reasoning,
    thinkingSince,
    outcome,
    stop: () => controller.abort(STOPPED),
  }
}

function fromResponse(response: CompletionResponse | ChatResponse): Partial<AssistantMessage> {
  const isChat = 'modelInstanceId' in response
  return {
    model: isChat ? response.modelInstanceId : response.model,
    finishReason: response.finishReason,
    usage: response.usage,
    speed: toSpeed(response),
    ...(isChat && response.responseId !== undefined ? { responseId: response.responseId } : {}),
  }
}

function toSpeed({ stats, usage }: CompletionResponse | ChatResponse): Speed {
  const { timeToFirstTokenMs, durationMs, measuredBy } = stats
  const perSecond = tokensPerSecond({ stats, usage })
  return {
    ...(timeToFirstTokenMs === undefined ? {} : { timeToFirstTokenMs }),
    ...(perSecond === undefined ? {} : { tokensPerSecond: perSecond }),
    ...(durationMs === undefined ? {} : { durationMs }),
    isByServer: measuredBy.tokensPerSecond === 'server',
  }
}

function createStreamingText(start = ''): StreamingText & { add(delta: string): void } {
  let text = start
  const listeners = new Set<(delta: string) => void>()
  return {
    get text() {
      return text
    },
    add(delta) {
      text += delta
      for (const listener of listeners) listener(delta)
    },
    subscribe(listener) {
      if (text !== '') listener(text)
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
