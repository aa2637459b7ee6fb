import { InvalidRequestError, InvalidResponseError } from '../errors/errors.js'
import { attachHidden } from '../errors/provider-error.js'
import { createResponseStream } from '../generation/response-stream.js'
import type { EventSource } from '../streaming/event-stream.js'
import { onAbort } from '../utils/abort.js'
import { invalidRequest } from '../validation/validate.js'
import { checkSettings } from './request.js'
import type {
  ChatEvent,
  ChatProvider,
  ChatRequest,
  ChatResponse,
  ChatStream,
  Conversation,
  ConversationSettings,
  ConversationTurn,
  PartialChat,
} from './types.js'

type Input = ChatRequest['input']

/**
 * A conversation that LM Studio keeps: each turn says only what is new and names the answer it goes on from. Nothing is
 * sent until the first turn.
 *
 * @remarks `POST /api/v1/chat` with `store: true`. `system` goes with the first turn only, the other settings with each.
 * @throws {@link InvalidRequestError} a setting is wrong, or what is in `from` was not saved by `toJSON`
 *
 * @example
 * ```ts
 * const conversation = createConversation(lmstudio, { model: 'acme/tern-4b', system: 'Be brief.' })
 * await conversation.send('My name is Ada.')
 * const { text } = await conversation.send('What is my name?')
 * localStorage.setItem('chat', JSON.stringify(conversation))
 * ```
 */
export function createConversation(provider: ChatProvider, settings: ConversationSettings): Conversation {
  checkSettings(settings)
  const { from, ...rest } = settings
  return converse(provider, rest, from?.turns ?? [])
}

function converse(
  provider: ChatProvider,
  settings: Omit<ConversationSettings, 'from'>,
  begun: readonly ConversationTurn[],
): Conversation {
  const turns = begun.map((turn) => ({ ...turn }))
  let isBusy = false

  function toRequest(input: Input): ChatRequest {
    const previous = turns.at(-1)
    const { system: _said, ...others } = settings
    return previous === undefined
      ? { ...settings, input, store: true }
      : { ...others, input, store: true, previousResponseId: previous.responseId }
  }

  /** Takes the turn; what is returned gives it back. `at` is how many turns there were when it was written. */
  function begin(at: number): () => void {
    if (isBusy || at !== turns.length) {
      const why = isBusy ? 'another turn is under way' : 'it has gone on since this turn was written'
      throw new InvalidRequestError(`The conversation can take one turn at a time: ${why}.`, {
        code: 'conversation-busy',
        hint: 'Wait for the turn that is under way, or go on in a branch: `conversation.branch()`.',
      })
    }
    isBusy = true
    let isOver = false
    return () => {
      // Once: by the time a stream is closed, the next turn may be under way.
      if (!isOver) isBusy = false
      isOver = true
    }
  }

  function keep(input: string, response: ChatResponse): void {
    const { responseId, text, reasoning, modelInstanceId: model } = response
    if (responseId === undefined) {
      const error = new InvalidResponseError('The server did not say under which id it keeps the answer.')
      // The answer itself is there, and not lost.
      attachHidden(error, 'partial', { ...response, id: '', model, toolCalls: [] } satisfies PartialChat)
      throw error
    }
    turns.push({ responseId, input, text, ...(reasoning === undefined ? {} : { reasoning }) })
  }

  return {
    get turns() {
      return [...turns]
    },
    async send(input, options) {
      const end = begin(turns.length)
      try {
        const said = textOf(input)
        const response = await provider.chat(toRequest(input), options)
        keep(said, response)
        return response
      } finally {
        end()
      }
    },
    stream(input, options) {
      const at = turns.length
      const said = textOf(input)
      const stream = provider.streamChat(toRequest(input), options)
      return createResponseStream(
        async (signal) => relay(stream, signal, begin(at), (response) => keep(said, response)),
        options?.signal,
      )
    },
    branch(count = turns.length) {
      if (!Number.isInteger(count) || count < 0 || count > turns.length) {
        throw invalidRequest([{ path: ['turns'], message: `must be a whole number from 0 to ${turns.length}` }])
      }
      return converse(provider, settings, turns.slice(0, count))
    },
    toJSON: () => ({ version: 1, turns: [...turns] }),
  }
}

/** What is kept of what was said, now: the list may change. The request itself says what is wrong with it. */
function textOf(input: Input): string {
  if (typeof input === 'string') return input
  const texts = Array.isArray(input) ? input.map((part) => (part?.type === 'text' ? part.text : '')) : []
  return texts.filter((text) => typeof text === 'string' && text !== '').join('\n')
}

/** The events of a stream, with a word when the answer is whole and another when all is over. */
function relay(
  stream: ChatStream,
  signal: AbortSignal,
  over: () => void,
  done: (response: ChatResponse) => void,
): EventSource<ChatEvent, ChatResponse> {
  const events = stream[Symbol.asyncIterator]()
  onAbort(signal, () => {
    stream.abort(signal.reason)
    // At once: whoever aborts a turn may say the next thing.
    over()
  })
  let event: ChatEvent | undefined
  let response: ChatResponse | undefined
  let isDone = false
  return {
    get isDone() {
      return isDone
    },
    poll() {
      const next = event
      event = undefined
      if (next?.type === 'chat-end') {
        // Before the event is handed on: whoever has the answer may say the next thing, or leave the loop.
        over()
        done((response = next.response))
      }
      return next
    },
    async fill() {
      const next = await events.next()
      event = next.value
      isDone = next.done === true
    },
    result: () => response!,
    close() {
      over()
      void events.return?.()
    },
  }
}
