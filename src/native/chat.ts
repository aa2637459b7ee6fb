import { checkCallOptions } from '../config/resolve.js'
import { answerStream, prepareBody, replay } from '../generation/answer-stream.js'
import { warnOfSubstitution } from '../generation/substitution.js'
import type { RequestSpec, Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { ChatEvent, ChatRequest, ChatResponse, ChatStream } from '../types/chat.js'
import type { EventSource } from '../utils/event-stream.js'
import { ROUTES } from '../wire/routes.js'
import { ChatSource } from './chat-source.js'
import { checkReasoning, type Capabilities } from './check-reasoning.js'
import { fromChat, type Asked } from './from-wire.js'
import { checkRequest } from './request.js'
import { toWireBody } from './to-wire.js'

const toSpec = (body: string): RequestSpec => ({ method: 'POST', route: ROUTES.nativeChat, body, kind: 'generation' })

/** A request as it was at the call: its owner may change it while the models are asked for or the stream is not read. */
function prepare(request: ChatRequest, options: CallOptions | undefined, stream: boolean) {
  const asked: Asked & Pick<ChatRequest, 'reasoning'> = { model: '', maxTokens: undefined }
  const body = prepareBody(() => {
    checkCallOptions(options)
    checkRequest(request)
    const { model, reasoning, maxTokens } = request
    Object.assign(asked, { model, reasoning, maxTokens })
    return toWireBody(request, stream)
  })
  return { body, asked }
}

/** The whole answer of `POST /api/v1/chat`. */
export async function chat(
  transport: Transport,
  capabilities: Capabilities,
  request: ChatRequest,
  options?: CallOptions,
): Promise<ChatResponse> {
  const { body, asked } = prepare(request, options, false)
  const text = await body()
  await checkReasoning(asked, capabilities, options)
  const { response } = fromChat(await transport.requestJSON(toSpec(text), options), asked)
  warnOfSubstitution(transport.config.log, asked.model, response.modelInstanceId)
  return response
}

/**
 * The answer of `POST /api/v1/chat` as it is made.
 *
 * @param settle - runs the opening of the stream, and may replace its error
 */
export function streamChat(
  transport: Transport,
  capabilities: Capabilities,
  request: ChatRequest,
  options: CallOptions = {},
  settle: <T>(opening: Promise<T>, signal: AbortSignal) => Promise<T> = (opening) => opening,
): ChatStream {
  const { body, asked } = prepare(request, options, true)
  const begin = async (signal: AbortSignal): Promise<EventSource<ChatEvent, ChatResponse>> => {
    const text = await body()
    await checkReasoning(asked, capabilities, { ...options, signal })
    const answer = await transport.openStream(toSpec(text), { ...options, signal })
    const { log } = transport.config
    if (answer.kind === 'events') return new ChatSource(answer.exchange, asked, log)
    const { events, response } = fromChat(answer.answer, asked)
    warnOfSubstitution(log, asked.model, response.modelInstanceId)
    return replay(events, response)
  }
  return answerStream((signal) => settle(begin(signal), signal), options?.signal)
}
