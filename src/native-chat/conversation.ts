import { attachHidden } from '../errors/provider-error.js'
import { InvalidRequestError, InvalidResponseError } from '../errors/errors.js'
import { createResponseStream } from '../streaming/event-stream.js'
import type { EventBatches } from '../streaming/event-stream.js'
import { onAbort } from '../utils/abort.js'
import { invalidRequest, readRequest } from '../validation/validate.js'
import { validateConversationSettings } from './request.js'
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
 * Creates a conversation that LM Studio stores: each turn sends only what is new and names the response that it continues.
 * Nothing is sent until the first turn.
 *
 * @remarks `POST /api/v1/chat` with `store: true`. `system` is sent with the first turn only, the other settings with each.
 * @throws {@link InvalidRequestError} a setting is invalid, or `from` was not saved by `toJSON`
 *
 * @example
 * ```ts
 * const conversation = createConversation(lmstudio, { model: 'acme/tern-4b', system: 'Be brief.' })
 * await conversation.send('My name is Ada.')
 * const { text } = await conversation.send('What is my name?')
 * localStorage.setItem('chat', JSON.stringify(conversation))
 * ```
 */
export function createConversation(provider: ChatProvider, received: ConversationSettings): Conversation {
  const settings = readRequest(received)
  validateConversationSettings(settings)
  const { from, ...rest } = settings
  return createBranch(provider, rest, from?.turns ?? [])
}

function createBranch(
  provider: ChatProvider,
  settings: Omit<ConversationSettings, 'from'>,
  earlierTurns: readonly ConversationTurn[],
): Conversation {
  const turns = earlierTurns.map((turn) => ({ ...turn }))
  let isBusy = false

  function toRequest(input: Input): ChatRequest {
    const previous = turns.at(-1)
    if (previous === undefined) return { ...settings, input, store: true }
    const { system: _system, ...others } = settings
    return { ...others, input, store: true, previousResponseId: previous.responseId }
  }

  /** Begins a turn that was created when there were `turnCount` turns; returns the function that ends it. */
  function beginTurn(turnCount: number): () => void {
    if (isBusy || turnCount !== turns.length) {
      const why = isBusy ? 'another turn is running' : 'another turn ran since this one was created'
      throw new InvalidRequestError(`The conversation takes one turn at a time: ${why}.`, {
        code: 'conversation-busy',
      })
    }
    isBusy = true
    let isOver = false
    return () => {
      // Only once: when a stream is closed, the next turn may already be running.
      if (!isOver) isBusy = false
      isOver = true
    }
  }

  function addTurn(input: string, response: ChatResponse): void {
    const { responseId, text, reasoning, modelInstanceId: model } = response
    if (responseId === undefined) {
      const error = new InvalidResponseError('The server did not return the id under which it stores the response.')
      // The response itself is not lost.
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
      const endTurn = beginTurn(turns.length)
      try {
        const inputText = textOf(input)
        const response = await provider.chat(toRequest(input), options)
        addTurn(inputText, response)
        return response
      } finally {
        endTurn()
      }
    },
    stream(input, options) {
      const turnCount = turns.length
      const inputText = textOf(input)
      const stream = provider.streamChat(toRequest(input), options)
      return createResponseStream(
        (signal) =>
          withTurnTracking(stream, signal, {
            beginTurn: () => beginTurn(turnCount),
            addTurn: (response) => addTurn(inputText, response),
          }),
        options?.signal,
      )
    },
    branch(count = turns.length) {
      if (!Number.isInteger(count) || count < 0 || count > turns.length) {
        throw invalidRequest([{ path: ['turns'], message: `must be an integer from 0 to ${turns.length}` }])
      }
      return createBranch(provider, settings, turns.slice(0, count))
    },
    toJSON: () => ({ version: 1, turns: [...turns] }),
  }
}

/** Returns the text of an input now, since a list may change later. The request validates the input itself. */
function textOf(input: Input): string {
  if (typeof input === 'string') return input
  try {
    const texts = Array.isArray(input) ? input.map((part) => (part?.type === 'text' ? part.text : '')) : []
    return texts.filter((text) => typeof text === 'string' && text !== '').join('\n')
  } catch {
    // A getter of the input threw, for which the request is refused.
    return ''
  }
}

/** The events of a stream. The turn is added when the response is complete, and ends however the stream ends. */
async function* withTurnTracking(
  stream: ChatStream,
  signal: AbortSignal,
  turn: { readonly beginTurn: () => () => void; readonly addTurn: (response: ChatResponse) => void },
): EventBatches<ChatEvent, ChatResponse> {
  const endTurn = turn.beginTurn()
  const stopFollowing = onAbort(signal, () => {
    stream.abort(signal.reason)
    // At once, because the caller may begin the next turn right after the abort.
    endTurn()
  })
  try {
    let response: ChatResponse | undefined
    for await (const event of stream) {
      if (event.type === 'chat-end') {
        // Before the event is yielded: a consumer that has the response may begin the next turn, or leave the loop.
        endTurn()
        turn.addTurn((response = event.response))
      }
      yield [event]
    }
    return response!
  } finally {
    stopFollowing()
    endTurn()
  }
}
