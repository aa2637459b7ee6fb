import { signal, type Signal } from '@preact/signals'
import type {
  ChatEvent,
  ChatResponse,
  CompletionEvent,
  CompletionResponse,
  CompletionStats,
  LMStudioProvider,
} from 'lmstudio-provider'
import { tell } from '../state/connection.js'
import { toChatRequest, toCompletionRequest, whyNotNative } from './request.js'
import type { Answer, Conversation, Question, Speed } from './types.js'

/** What the server is doing. */
export type Phase = 'waiting' | 'model-load' | 'prompt-processing' | 'thinking' | 'answering'

/** A text that grows. */
export interface GrowingText {
  readonly text: string
  /** Calls with what there is and then with each piece; the function given back ends that. */
  follow(listener: (more: string) => void): () => void
}

/** An answer that is being written. It goes on while nobody looks. */
export interface Run {
  readonly conversationId: string
  readonly answerId: string
  /** By `performance.now()`. */
  readonly startedAt: number
  readonly phase: Signal<Phase>
  /** 0–1 of a load or of the prompt; `undefined` where the server does not say. */
  readonly progress: Signal<number | undefined>
  readonly text: GrowingText
  readonly reasoning: GrowingText
  /** By `performance.now()`; when the thinking began. */
  readonly thinkingSince: Signal<number | undefined>
  /** Ends it; what has come is kept. */
  stop(): void
  /** What became of the answer. Never rejects. */
  readonly outcome: Promise<Partial<Answer>>
}

const STOPPED = new DOMException('Stopped.', 'AbortError')

/** Asks for the answer to a question. */
export function startRun(
  from: LMStudioProvider,
  conversation: Conversation,
  question: Question,
  answer: Pick<Answer, 'id' | 'model'>,
): Run {
  const controller = new AbortController()
  const text = growingText()
  const reasoning = growingText()
  const phase = signal<Phase>('waiting')
  const progress = signal<number | undefined>(undefined)
  const thinkingSince = signal<number | undefined>(undefined)
  const startedAt = performance.now()
  let firstAt: number | undefined
  let thoughtMs: number | undefined

  const enter = (next: Phase, at?: number): void => {
    if (phase.peek() === 'thinking' && next === 'answering') thoughtMs = performance.now() - thinkingSince.peek()!
    phase.value = next
    progress.value = at
  }

  const take = (event: ChatEvent | CompletionEvent): CompletionResponse | ChatResponse | undefined => {
    switch (event.type) {
      case 'progress':
        enter(event.phase, event.progress)
        break
      case 'model-load-start':
        enter('model-load', 0)
        break
      case 'prompt-processing-start':
        enter('prompt-processing')
        break
      case 'reasoning-delta':
        firstAt ??= performance.now()
        thinkingSince.value ??= performance.now()
        if (phase.peek() !== 'thinking') enter('thinking')
        reasoning.add(event.text)
        break
      case 'text-delta':
        firstAt ??= performance.now()
        if (phase.peek() !== 'answering') enter('answering')
        text.add(event.text)
        break
      case 'completion-end':
      case 'chat-end':
        return event.response
      default:
    }
    return undefined
  }

  const ask = async (): Promise<Partial<Answer>> => {
    const options = { signal: controller.signal }
    const isNative = conversation.isNative && whyNotNative(conversation, question) === undefined
    const stream: AsyncIterable<ChatEvent | CompletionEvent> = isNative
      ? from.streamChat(toChatRequest(conversation, question, answer.model), options)
      : from.stream(toCompletionRequest(conversation, question, answer.model), options)
    for await (const event of stream) {
      const response = take(event)
      if (response !== undefined) return { state: 'whole', ...fromResponse(response) }
    }
    throw new Error('The answer ended without an end.')
  }

  const soFar = (): Partial<Answer> => {
    const thought =
      thoughtMs ?? (thinkingSince.peek() === undefined ? undefined : performance.now() - thinkingSince.peek()!)
    return {
      text: text.text,
      ...(reasoning.text === '' ? {} : { reasoning: reasoning.text }),
      ...(thought === undefined ? {} : { reasoningMs: thought }),
    }
  }

  const byOurClock = (): Speed => ({
    durationMs: performance.now() - startedAt,
    ...(firstAt === undefined ? {} : { timeToFirstTokenMs: firstAt - startedAt }),
  })

  const outcome = ask().then(
    (changes) => ({ ...soFar(), ...changes }),
    (error: unknown) => {
      const isStopped = controller.signal.aborted
      const changes: Partial<Answer> = { ...soFar(), state: isStopped ? 'stopped' : 'broken', speed: byOurClock() }
      return isStopped ? changes : { ...changes, error: tell(error) }
    },
  )

  return {
    conversationId: conversation.id,
    answerId: answer.id,
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

function fromResponse(response: CompletionResponse | ChatResponse): Partial<Answer> {
  const isChat = 'modelInstanceId' in response
  return {
    model: isChat ? response.modelInstanceId : response.model,
    finishReason: response.finishReason,
    usage: response.usage,
    speed: toSpeed(response.stats),
    ...(isChat && response.responseId !== undefined ? { responseId: response.responseId } : {}),
  }
}

const toSpeed = ({ timeToFirstTokenMs, tokensPerSecond, durationMs, measuredBy }: CompletionStats): Speed => ({
  ...(timeToFirstTokenMs === undefined ? {} : { timeToFirstTokenMs }),
  ...(tokensPerSecond === undefined ? {} : { tokensPerSecond }),
  ...(durationMs === undefined ? {} : { durationMs }),
  isByServer: measuredBy.tokensPerSecond === 'server',
})

function growingText(): GrowingText & { add(more: string): void } {
  let text = ''
  const listeners = new Set<(more: string) => void>()
  return {
    get text() {
      return text
    },
    add(more) {
      text += more
      for (const listener of listeners) listener(more)
    },
    follow(listener) {
      if (text !== '') listener(text)
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
