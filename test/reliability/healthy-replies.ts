import { fixtureText } from '../helpers/fixtures.js'
import { EMBEDDING_MODEL, JUDGE, MISSING_MODEL, MODEL } from '../helpers/public-calls.js'
import type { ReceivedRequest } from './fault-server.js'

/** The response of a healthy server. */
export interface Reply {
  readonly status: number
  readonly type: 'application/json' | 'text/event-stream'
  /** The events of a stream, or the one JSON body. */
  readonly parts: readonly Part[]
}

export interface Part {
  readonly text: string
  /** The text of the response that this part carries. */
  readonly adds: string
}

/** What the healthy server writes, in the deltas of a stream. */
export const DELTAS = ['Two ', 'gulls ', 'land.'] as const
const OBJECT_DELTAS = ['{"na', 'me":"te', 'rn"}'] as const
// Does not match the schema of the calls, so that they request a repair.
const WRONG_OBJECT_DELTAS = ['{"na', 'me":', '7}'] as const

const json = (value: unknown, status = 200): Reply => ({
  status,
  type: 'application/json',
  parts: [{ text: typeof value === 'string' ? value : JSON.stringify(value), adds: '' }],
})

const events = (frames: readonly (readonly [text: string, adds?: string])[]): Reply => ({
  status: 200,
  type: 'text/event-stream',
  parts: frames.map(([text, adds = '']) => ({ text: `${text}\n\n`, adds })),
})

/** Returns what a healthy LM Studio replies. */
export function healthyReply({ method, path, body }: ReceivedRequest): Reply {
  const reply = ROUTES[`${method} ${path.replace(/\/job_\w+$/, '')}`]
  return reply === undefined
    ? json({ error: `Unexpected endpoint or method. (${method} ${path})` })
    : reply(body, body.stream === true)
}

const ROUTES: Readonly<Record<string, (body: ReceivedRequest['body'], isStream: boolean) => Reply>> = {
  'GET /lmstudio-greeting': () => json(fixtureText('greeting.json')),
  'GET /api/v1/models': () => json(fixtureText('models-v1.json')),
  'POST /v1/chat/completions': chatCompletion,
  'POST /v1/completions': (_body, isStream) =>
    isStream ? textCompletionEvents() : json(textCompletion(DELTAS.join(''), 'stop')),
  'POST /v1/responses': (_body, isStream) =>
    isStream ? responseEvents() : json(response('completed', DELTAS.join(''))),
  'POST /api/v1/chat': (_body, isStream) => (isStream ? nativeEvents() : json(nativeChat())),
  'POST /v1/embeddings': ({ input }) =>
    json({
      object: 'list',
      model: EMBEDDING_MODEL,
      data: (input as unknown[]).map((_, index) => ({ object: 'embedding', index, embedding: [0.5, -0.25] })),
      usage: { prompt_tokens: 3, total_tokens: 3 },
    }),
  'POST /v1/decisions': () =>
    json({
      model: JUDGE,
      answers: [{ type: 'predicate', name: 'kind', probability: 0.75 }],
      usage: { input_tokens: 9, output_tokens: 0, total_tokens: 9 },
    }),
  'POST /api/v1/models/load': ({ model }) =>
    json({ type: 'llm', instance_id: model, load_time_seconds: 1.5, status: 'loaded' }),
  'POST /api/v1/models/unload': ({ instance_id }) => json({ instance_id }),
  'POST /api/v1/models/download': () =>
    json({ job_id: 'job_1', status: 'downloading', total_size_bytes: 10, started_at: '2026-09-02T08:15:30.120Z' }),
  'GET /api/v1/models/download/status': () =>
    json({
      job_id: 'job_1',
      status: 'completed',
      total_size_bytes: 10,
      downloaded_bytes: 10,
      started_at: '2026-09-02T08:15:30.120Z',
      completed_at: '2026-09-02T08:15:31.120Z',
    }),
}

interface ChatBody {
  readonly model?: string
  readonly messages?: readonly { readonly role: string }[]
  readonly tools?: readonly unknown[]
  readonly response_format?: unknown
}

/** Calls the tool first and writes after its result; writes a wrong object first and a right one in the repair. */
function chatCompletion(body: ReceivedRequest['body'], isStream: boolean): Reply {
  const { model, messages = [], tools = [], response_format: format } = body as ChatBody
  if (model === MISSING_MODEL) {
    return json(
      {
        error: {
          message: `Model "${MISSING_MODEL}" not found.`,
          type: 'invalid_request_error',
          code: 'model_not_found',
          param: 'model',
        },
      },
      404,
    )
  }
  if (tools.length > 0 && messages.at(-1)?.role !== 'tool') return toolCall(isStream)
  const isRepair = messages.some(({ role }) => role === 'assistant')
  const deltas = format === undefined ? DELTAS : isRepair ? OBJECT_DELTAS : WRONG_OBJECT_DELTAS
  if (!isStream) return json(completion({ content: deltas.join('') }, 'stop'))
  return events([
    [`data: ${chunk({ role: 'assistant', content: '' })}`],
    ...deltas.map((content) => [`data: ${chunk({ content })}`, content] as const),
    [`data: ${chunk({}, 'stop')}`],
    [`data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices: [], usage: USAGE })}`],
    ['data: [DONE]'],
  ])
}

function toolCall(isStream: boolean): Reply {
  const call = { id: 'call_1', type: 'function', function: { name: 'now', arguments: '{}' } }
  if (!isStream) return json(completion({ content: '', tool_calls: [call] }, 'tool_calls'))
  return events([
    [`data: ${chunk({ role: 'assistant', content: '' })}`],
    [`data: ${chunk({ tool_calls: [{ index: 0, ...call }] })}`],
    [`data: ${chunk({}, 'tool_calls')}`],
    ['data: [DONE]'],
  ])
}

const HEAD = { id: 'chatcmpl-1', created: 1790000000, model: MODEL, system_fingerprint: MODEL }
const USAGE = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 }

const completion = (message: object, finishReason: string): object => ({
  ...HEAD,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, logprobs: null, finish_reason: finishReason }],
  usage: USAGE,
})

const chunk = (delta: object, finishReason: string | null = null): string =>
  JSON.stringify({
    ...HEAD,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  })

const textCompletion = (text: string, finishReason: string | null): object => ({
  id: 'cmpl-1',
  object: 'text_completion',
  created: 1790000000,
  model: MODEL,
  choices: [{ index: 0, text, logprobs: null, finish_reason: finishReason }],
  ...(finishReason === null ? {} : { usage: USAGE }),
})

const textCompletionEvents = (): Reply =>
  events([
    ...DELTAS.map((text) => [`data: ${JSON.stringify(textCompletion(text, null))}`, text] as const),
    [`data: ${JSON.stringify(textCompletion('', 'stop'))}`],
    ['data: [DONE]'],
  ])

const response = (status: string, text: string): object => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1790000000,
  status,
  error: null,
  incomplete_details: null,
  model: MODEL,
  output: status === 'completed' ? [outputMessage(status, text)] : [],
  usage: status === 'completed' ? { input_tokens: 5, output_tokens: 3, total_tokens: 8 } : null,
})

const outputMessage = (status: string, text: string): object => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status,
  content: status === 'completed' ? [outputText(text)] : [],
})

const outputText = (text: string): object => ({ type: 'output_text', text, annotations: [], logprobs: [] })

function responseEvents(): Reply {
  const text = DELTAS.join('')
  const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
  const list: readonly (readonly [type: string, data: object, adds?: string])[] = [
    ['response.created', { response: response('in_progress', '') }],
    ['response.output_item.added', { output_index: 0, item: outputMessage('in_progress', '') }],
    ['response.content_part.added', { ...place, part: outputText('') }],
    ...DELTAS.map((delta) => ['response.output_text.delta', { ...place, delta }, delta] as const),
    ['response.output_text.done', { ...place, text }],
    ['response.content_part.done', { ...place, part: outputText(text) }],
    ['response.output_item.done', { output_index: 0, item: outputMessage('completed', text) }],
    ['response.completed', { response: response('completed', text) }],
  ]
  return events(
    list.map(([type, data, adds = ''], index): [string, string] => [
      `event: ${type}\ndata: ${JSON.stringify({ type, ...data, sequence_number: index })}`,
      adds,
    ]),
  )
}

const nativeChat = (): object => ({
  model_instance_id: MODEL,
  output: [{ type: 'message', content: DELTAS.join('') }],
  stats: {
    input_tokens: 5,
    total_output_tokens: 3,
    reasoning_output_tokens: 0,
    tokens_per_second: 40.5,
    time_to_first_token_seconds: 0.25,
  },
  response_id: 'resp_1',
})

function nativeEvents(): Reply {
  const list: readonly (readonly [type: string, data: object, adds?: string])[] = [
    ['chat.start', { model_instance_id: MODEL }],
    ['message.start', {}],
    ...DELTAS.map((content) => ['message.delta', { content }, content] as const),
    ['message.end', {}],
    ['chat.end', { result: nativeChat() }],
  ]
  return events(
    list.map(([type, data, adds = '']): [string, string] => [
      `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}`,
      adds,
    ]),
  )
}
