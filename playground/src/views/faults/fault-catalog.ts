import type {
  MockErrorFrameForm,
  MockErrorShape,
  MockFaultName,
  MockOverflowWording,
  MockTemplateWording,
  MockUnloadedWording,
} from 'lmstudio-provider/testing'
import { callNames, type CallName } from './calls.js'

/** A parameter of a fault. The hint gives the default for an empty value. */
export interface Parameter {
  readonly name: string
  readonly label: string
  readonly kind: 'number' | 'text' | 'choice'
  readonly hint: string
  readonly choices?: readonly string[]
}

/** A fault in the form. */
export interface FaultEntry {
  readonly label: string
  /** What happens on the wire, in one sentence. */
  readonly about: string
  /** The calls that the fault affects; the first one is the default. */
  readonly calls: readonly CallName[]
  readonly parameters?: readonly Parameter[]
}

/**
 * The mock's faults, plus `status` for any HTTP status and `raw` for custom bytes. No call of the form has invalid
 * arguments in its messages.
 */
export type LabFault = Exclude<MockFaultName, 'invalid-arguments-refused'> | 'status' | 'raw'

const ANY: readonly CallName[] = [
  'complete',
  'stream',
  ...callNames.filter((name) => !/^(complete|stream)$/.test(name)),
]
const STREAMS: readonly CallName[] = [
  'stream',
  'streamTools',
  'streamChat',
  'streamChatTools',
  'streamRespond',
  'streamRespondTools',
  'streamCompleteText',
]
const TEXTS: readonly CallName[] = ['complete', 'object', 'tools', 'chat', 'respond', 'completeText']
const GENERATIONS: readonly CallName[] = [...STREAMS, ...TEXTS]
const BODIES: readonly CallName[] = [...GENERATIONS, 'embed']
// The other calls report usage in an event or in the stats.
const WITH_USAGE: readonly CallName[] = [
  'complete',
  'stream',
  'object',
  'tools',
  'streamTools',
  'respond',
  'completeText',
  'streamCompleteText',
]
const TOOLS: readonly CallName[] = ['streamTools', 'tools']
const CHATS: readonly CallName[] = ['complete', 'stream']
const WITH_STREAM_OPTIONS: readonly CallName[] = ['stream', 'streamTools', 'streamCompleteText']
const NATIVE_STREAMS: readonly CallName[] = ['streamChat', 'streamChatTools']
const NAMED: readonly CallName[] = ['streamChat', 'streamRespond', 'streamChatTools', 'streamRespondTools']

const afterEvents: Parameter = {
  name: 'afterEvents',
  label: 'After events',
  kind: 'number',
  hint: 'The number of complete events before the fault. Default: 2.',
}
const message: Parameter = {
  name: 'message',
  label: 'Message',
  kind: 'text',
  hint: 'The error message. Default: LM Studio’s own message.',
}
const bytes: Parameter = { name: 'bytes', label: 'Bytes', kind: 'number', hint: 'Default: 64 MiB.' }
const status = (defaultStatus: number): Parameter => ({
  name: 'status',
  label: 'Status',
  kind: 'number',
  hint: `Default: ${defaultStatus}.`,
})
const inStream: Parameter = {
  ...status(400),
  hint: 'Default: 400, or an error inside the stream for a streamed call.',
}
const choice = <T extends string>(name: string, label: string, choices: readonly T[], hint: string): Parameter => ({
  name,
  label,
  kind: 'choice',
  choices,
  hint,
})

const SHAPES: readonly MockErrorShape[] = ['string', 'object', 'zod', 'text', 'html', 'empty']
const FORMS: readonly MockErrorFrameForm[] = [
  'object-and-message',
  'event-error',
  'string',
  'string-then-done',
  'object-then-done',
  'bare-text',
  'plain-text',
]
const WORDINGS: readonly MockOverflowWording[] = [
  'exceeded',
  'keep-first',
  'n-keep',
  'exceeds-available',
  'engine-object',
]
const UNLOADED_WORDINGS: readonly MockUnloadedWording[] = ['is-unloaded', 'unloaded', 'unloaded-or-crashed']
const TEMPLATE_WORDINGS: readonly MockTemplateWording[] = ['alternate', 'jinja', 'exception']

export const STATUSES = [400, 401, 403, 404, 408, 413, 422, 429, 500, 502, 503, 504] as const

const entry = (
  label: string,
  about: string,
  calls: readonly CallName[],
  parameters: readonly Parameter[] = [],
): FaultEntry => ({ label, about, calls, parameters })

/** The faults in the groups of the form. */
export const GROUPS: readonly { readonly label: string; readonly faults: readonly LabFault[] }[] = [
  { label: 'Error responses', faults: ['status', 'error-200', 'catch-all', 'html', 'redirect'] },
  {
    label: 'Model',
    faults: [
      'no-models-loaded',
      'load-failed',
      'model-unloaded',
      'context-overflow',
      'crash',
      'engine-error',
      'template-error',
      'loading-model',
      'load-status-failed',
      'unload-null',
      'other-model',
      'zero-deltas',
      'empty-content',
      'json-in-reasoning',
      'content-parts',
      'answer-in-message',
      'lone-think-end',
    ],
  },
  {
    label: 'Connection',
    faults: ['reset', 'cut', 'cut-mid-character', 'stall', 'delay-headers'],
  },
  {
    label: 'Stream',
    faults: [
      'error-frame',
      'no-done',
      'no-finish-reason',
      'no-final-newline',
      'null-error',
      'extra-done',
      'json-instead-of-stream',
      'stream-instead-of-json',
      'stream-labeled-json',
      'stream-options-refused',
      'prompt-progress',
      'huge-line',
    ],
  },
  {
    label: 'Body',
    faults: ['malformed-json', 'empty-body', 'huge-body', 'unknown-keys', 'usage-zero', 'usage-missing', 'raw'],
  },
  {
    label: 'Tool calls',
    faults: [
      'tool-calls-without-index',
      'tool-calls-without-id',
      'tool-calls-empty-id',
      'tool-calls-empty-name',
      'tool-calls-without-name',
      'tool-calls-without-function',
      'tool-calls-missing',
      'tool-calls-name-split',
      'tool-calls-name-repeated',
      'tool-calls-in-one-delta',
      'tool-calls-arguments-null',
      'tool-calls-arguments-empty',
      'tool-calls-arguments-object',
      'tool-calls-arguments-invalid',
      'tool-calls-arguments-repeated',
      'tool-calls-as-text',
      'tool-calls-finish-stop',
    ],
  },
  {
    label: 'Native chat',
    faults: [
      'prompt-processing-end-twice',
      'unknown-event',
      'error-then-chat-end',
      'flat-chat-end',
      'tool-call-failure',
      'mcp-connection-error',
      'permission-denied',
    ],
  },
  {
    label: 'Responses, embeddings, downloads',
    faults: [
      'response-failed',
      'argument-deltas',
      'response-status-failed',
      'content-index-counted',
      'embeddings-unordered',
      'embeddings-null',
      'download-failed',
      'download-paused',
    ],
  },
]

export const FAULTS: Readonly<Record<LabFault, FaultEntry>> = {
  status: entry('HTTP status', 'The server responds with this status, worded like LM Studio or a proxy.', ANY, [
    choice('code', 'Status', STATUSES.map(String), 'Default: 503.'),
    choice('shape', 'Body format', SHAPES, 'Default: the format of the route.'),
    message,
    { name: 'retryAfter', label: 'Retry-After', kind: 'number', hint: 'In seconds. Default: no such header.' },
  ]),
  'error-200': entry('Error with status 200', 'The status is 200, but the body is an error.', ANY, [
    message,
    choice('shape', 'Body format', ['string', 'object'], 'Default: `string`.'),
  ]),
  'catch-all': entry('“Unexpected endpoint”', 'LM Studio’s response to an unknown path, with status 200.', ANY),
  html: entry('Web page of a proxy', 'Another server or a proxy responds with a web page.', ANY, [status(200)]),
  redirect: entry('Redirect', 'The server redirects to another address.', ANY, [
    status(302),
    { name: 'location', label: 'Location', kind: 'text', hint: 'Default: an address where no server is running.' },
  ]),

  'no-models-loaded': entry('No model loaded', 'Just-in-time loading is off and no model is in memory.', BODIES, [
    choice('shape', 'Body format', ['string', 'object'], 'Default: `object`.'),
    status(400),
  ]),
  'load-failed': entry(
    'Not enough memory to load',
    'The model exists but cannot be loaded.',
    ['loadModel', ...BODIES],
    [status(400)],
  ),
  'model-unloaded': entry('Model unloaded', 'The idle TTL expired, or the model was unloaded by hand.', BODIES, [
    { ...afterEvents, hint: 'The error arrives inside the stream after this many events. Default: at once.' },
    choice('wording', 'Wording', UNLOADED_WORDINGS, 'Default: `is-unloaded`.'),
  ]),
  'context-overflow': entry('Context overflow', 'The messages have more tokens than the context length.', BODIES, [
    choice('wording', 'Wording', WORDINGS, 'Default: `exceeded`.'),
    inStream,
  ]),
  crash: entry('Engine crash', 'The process that runs the model crashes.', GENERATIONS, [afterEvents, message]),
  'engine-error': entry('Engine error', 'LM Studio wraps the error of its engine.', BODIES, [inStream]),
  'template-error': entry('Template error', 'The chat template refuses the order of the roles.', BODIES, [
    choice('wording', 'Wording', TEMPLATE_WORDINGS, 'Default: `alternate`.'),
    inStream,
  ]),
  'loading-model': entry('Model is still loading', 'llama.cpp’s status 503 while it loads the model.', BODIES),
  'load-status-failed': entry('Load that fails', 'Status 200 with `"status":"failed"`.', ['loadModel']),
  'unload-null': entry('Unload without a result', 'Status 200 with `null`.', ['unloadModel']),
  'other-model': entry('Substituted model', 'A different model responds.', BODIES, [
    { name: 'model', label: 'Model', kind: 'text', hint: 'Default: `acme/osprey-8b`.' },
  ]),
  'zero-deltas': entry(
    'Empty response',
    'No text, no reasoning and no tool call in a well-formed response.',
    GENERATIONS,
  ),
  'empty-content': entry('Tokens without text', 'The usage counts tokens, but the content is `null`.', CHATS),
  'json-in-reasoning': entry('JSON in the reasoning', 'The content is empty.', ['object']),
  'content-parts': entry('Content as parts', 'The content is a list of parts instead of a string.', CHATS),
  'answer-in-message': entry('Text in `message`', 'One event carries the whole text, not in `delta`.', ['stream']),
  'lone-think-end': entry('Lone `</think>`', 'The reasoning is in the text, without an opening tag.', CHATS),

  reset: entry('Connection reset', 'Before the response, or in the middle if a number of events is set.', ANY, [
    { ...afterEvents, hint: 'The number of complete events before the reset. Default: before the headers.' },
  ]),
  cut: entry('Truncated response', 'It ends without finish reason and `[DONE]`, as when the server stops.', BODIES, [
    afterEvents,
  ]),
  'cut-mid-character': entry('Truncated character', 'The response ends inside a UTF-8 sequence.', BODIES, [
    afterEvents,
  ]),
  stall: entry('Stalled response', 'The response starts, but then nothing arrives.', BODIES, [
    afterEvents,
    { name: 'ms', label: 'Milliseconds', kind: 'number', hint: 'Duration of the stall. Default: until released.' },
    {
      name: 'keepAliveMs',
      label: 'Keep-alive interval in ms',
      kind: 'number',
      hint: 'Interval of empty comments. Default: none.',
    },
  ]),
  'delay-headers': entry('No response', 'The server accepts the request but does not respond.', ANY, [
    { name: 'ms', label: 'Milliseconds', kind: 'number', hint: 'Delay of the response. Default: until released.' },
  ]),

  'error-frame': entry('Error inside the stream', 'The status was 200.', STREAMS, [
    afterEvents,
    choice('form', 'Format', FORMS, 'Default: `object-and-message`.'),
    message,
  ]),
  'no-done': entry(
    'Missing `[DONE]`',
    'A finish reason, but no `[DONE]`, `chat.end` or `response.completed`.',
    STREAMS,
  ),
  'no-finish-reason': entry('Missing finish reason', 'The stream ends with `[DONE]` but without a finish reason.', [
    'stream',
    'streamTools',
    'streamCompleteText',
  ]),
  'no-final-newline': entry('Missing final newline', 'The last event is not terminated.', STREAMS),
  'null-error': entry('`"error": null` in every event', 'Some servers send it.', STREAMS),
  'extra-done': entry('Extra `[DONE]`', 'Sent after streams that end with a different event.', NAMED),
  'json-instead-of-stream': entry('JSON instead of a stream', 'The server ignores `stream: true`.', STREAMS),
  'stream-instead-of-json': entry('Stream instead of JSON', 'The server streams although it must not.', TEXTS),
  'stream-labeled-json': entry('Stream labeled as JSON', 'The content type is `application/json`.', STREAMS),
  'stream-options-refused': entry('Refused `stream_options`', 'Status 422 that names the field.', WITH_STREAM_OPTIONS),
  'prompt-progress': entry(
    'Progress of the prompt',
    'As llama.cpp reports it.',
    ['stream'],
    [
      { name: 'total', label: 'Tokens', kind: 'number', hint: 'Default: 6000.' },
      { name: 'batch', label: 'Tokens per report', kind: 'number', hint: 'Default: 1000.' },
      { name: 'ms', label: 'Milliseconds', kind: 'number', hint: 'Pause before each report. Default: none.' },
    ],
  ),
  'huge-line': entry('Endless line', 'One event never ends.', STREAMS, [afterEvents, bytes]),

  'malformed-json': entry('Malformed JSON', 'The body is truncated.', ANY),
  'empty-body': entry('Empty body', 'Status 200 without a body.', ANY),
  'huge-body': entry('Endless body', 'The body never ends.', ANY, [bytes]),
  'unknown-keys': entry('Unsupported keys', 'In every object, as from a newer server.', BODIES),
  'usage-zero': entry('Zero usage', 'All token counts are 0.', WITH_USAGE),
  'usage-missing': entry('Missing usage', 'The token counts are missing.', [...WITH_USAGE, 'embed']),
  raw: entry('Custom response', 'The response consists of exactly these bytes.', ANY, [
    { name: 'text', label: 'Body', kind: 'text', hint: '`\\n` is a newline.' },
    { name: 'type', label: 'Content-Type', kind: 'text', hint: 'Default: `text/event-stream`.' },
    status(200),
    choice('end', 'Ending', ['close', 'reset', 'stall'], 'What happens after the last byte. Default: `close`.'),
  ]),

  'tool-calls-without-index': entry('Missing index', 'The deltas do not identify their call.', ['streamTools']),
  'tool-calls-without-id': entry('Missing id', 'The calls have no id.', TOOLS),
  'tool-calls-empty-id': entry('Empty id', 'The id is an empty string.', TOOLS),
  'tool-calls-empty-name': entry('Empty name', 'The name is an empty string.', TOOLS),
  'tool-calls-without-name': entry('Missing name', 'The calls have no name.', TOOLS),
  'tool-calls-without-function': entry('Missing function', 'The calls have no `function`.', TOOLS),
  'tool-calls-missing': entry('Missing call', 'The finish reason is `tool_calls`, but there is no call.', TOOLS),
  'tool-calls-name-split': entry('Split name', 'The name arrives in two deltas.', ['streamTools']),
  'tool-calls-name-repeated': entry('Repeated name', 'Every delta repeats name, id and type.', ['streamTools']),
  'tool-calls-in-one-delta': entry('Call in one delta', 'The whole call arrives in one delta.', ['streamTools']),
  'tool-calls-arguments-null': entry('Arguments are null', '`null` instead of a string.', TOOLS),
  'tool-calls-arguments-empty': entry('Arguments are empty', 'An empty string, which is not valid JSON.', TOOLS),
  'tool-calls-arguments-object': entry('Arguments are an object', 'An object instead of a JSON string.', TOOLS),
  'tool-calls-arguments-invalid': entry('Arguments are truncated', 'The JSON ends in the middle.', TOOLS),
  'tool-calls-arguments-repeated': entry('Repeated arguments', 'The last delta repeats the complete arguments.', [
    'streamTools',
  ]),
  'tool-calls-as-text': entry(
    'Call as text',
    '`[TOOL_REQUEST]{…}[END_TOOL_REQUEST]` with the finish reason `stop`.',
    TOOLS,
  ),
  'tool-calls-finish-stop': entry('Finish reason `stop`', 'Although the response contains calls.', TOOLS),

  'prompt-processing-end-twice': entry('Duplicate event', '`prompt_processing.end` arrives twice.', NATIVE_STREAMS),
  'unknown-event': entry('Unsupported event', 'As from a newer server.', NATIVE_STREAMS),
  'error-then-chat-end': entry(
    'Error before `chat.end`',
    'An `error` event, then `chat.end` with the partial result.',
    NATIVE_STREAMS,
    [afterEvents, message],
  ),
  'flat-chat-end': entry('Flat `chat.end`', 'The fields are not wrapped in `result`.', NATIVE_STREAMS),
  'tool-call-failure': entry('Unsupported tool', 'The model calls a tool that does not exist.', ['streamChatTools']),
  'mcp-connection-error': entry('MCP server unreachable', 'LM Studio cannot connect to it.', ['streamChatTools']),
  'permission-denied': entry('Plugin not allowed', 'Status 403, depending on LM Studio’s settings.', [
    'streamChatTools',
    'streamChat',
    'chat',
  ]),

  'response-failed': entry(
    'Failed response',
    '`response.failed` after some events.',
    ['streamRespond', 'streamRespondTools'],
    [afterEvents, message],
  ),
  'argument-deltas': entry('Argument deltas', 'The arguments arrive in several deltas, as from newer builds.', [
    'streamRespondTools',
  ]),
  'response-status-failed': entry('Silent failure', 'Half of the text, the status `failed` and no error.', [
    'respond',
    'streamRespond',
  ]),
  'content-index-counted': entry(
    'Counted `content_index`',
    'It counts on although every item has one part.',
    ['streamRespond'],
    [choice('per', 'Count per', ['delta', 'item'], 'Default: `delta`.')],
  ),
  'embeddings-unordered': entry('Vectors in reverse order', 'Each vector has the correct `index`.', ['embed']),
  'embeddings-null': entry('Vectors of `null`', 'Every number is `null`.', ['embed']),
  'download-failed': entry(
    'Failed download',
    'The download fails halfway.',
    ['downloadModel'],
    [{ ...message, hint: 'The reason that the server gives. Default: none.' }],
  ),
  'download-paused': entry('Paused download', 'The download pauses halfway.', ['downloadModel']),
}
