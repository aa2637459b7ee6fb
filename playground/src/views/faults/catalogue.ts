import type { MockErrorFrameForm, MockErrorShape, MockFaultName, MockOverflowWording } from 'lmstudio-provider/testing'
import { callNames, type CallName } from './calls.js'

/** Something about a fault that can be set. What is left empty is as the hint says. */
export interface Parameter {
  readonly name: string
  readonly label: string
  readonly kind: 'number' | 'text' | 'choice'
  readonly hint: string
  readonly choices?: readonly string[]
}

/** A fault as it is offered. */
export interface FaultEntry {
  readonly label: string
  /** What happens on the wire, as a sentence. */
  readonly about: string
  /** Which calls meet it; the first is the usual one. */
  readonly calls: readonly CallName[]
  readonly parameters?: readonly Parameter[]
}

/** The named faults, `status` for all of the statuses, and `raw` for bytes of one's own. */
export type LabFault = MockFaultName | 'status' | 'raw'

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
// The others have it elsewhere: at the end of an event, or among the stats.
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
const NATIVE_STREAMS: readonly CallName[] = ['streamChat', 'streamChatTools']
const NAMED: readonly CallName[] = ['streamChat', 'streamRespond', 'streamChatTools', 'streamRespondTools']

const after = (usual = 2): Parameter => ({
  name: 'afterEvents',
  label: 'After how many events',
  kind: 'number',
  hint: `So many still come whole. ${usual} unless given.`,
})
const message: Parameter = {
  name: 'message',
  label: 'Message',
  kind: 'text',
  hint: 'What the server says. The usual words unless given.',
}
const bytes: Parameter = { name: 'bytes', label: 'Bytes', kind: 'number', hint: '64 MiB unless given.' }
const status = (usual: number): Parameter => ({
  name: 'status',
  label: 'Status',
  kind: 'number',
  hint: `${usual} unless given.`,
})
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
]
const WORDINGS: readonly MockOverflowWording[] = [
  'exceeded',
  'keep-first',
  'n-keep',
  'exceeds-available',
  'engine-object',
]

export const STATUSES = [400, 401, 403, 404, 408, 413, 422, 429, 500, 502, 503, 504] as const

const entry = (
  label: string,
  about: string,
  calls: readonly CallName[],
  parameters: readonly Parameter[] = [],
): FaultEntry => ({ label, about, calls, parameters })

/** What there is to choose from, in groups. */
export const GROUPS: readonly { readonly label: string; readonly faults: readonly LabFault[] }[] = [
  { label: 'The server says no', faults: ['status', 'error-200', 'catch-all', 'html', 'redirect'] },
  {
    label: 'The model cannot',
    faults: [
      'no-models-loaded',
      'load-failed',
      'model-unloaded',
      'context-overflow',
      'crash',
      'zero-deltas',
      'json-in-reasoning',
    ],
  },
  {
    label: 'The connection',
    faults: ['reset', 'cut', 'cut-mid-character', 'stall', 'delay-headers'],
  },
  {
    label: 'The stream',
    faults: [
      'error-frame',
      'no-done',
      'no-finish-reason',
      'no-final-newline',
      'null-error',
      'extra-done',
      'json-instead-of-stream',
      'huge-line',
    ],
  },
  {
    label: 'The body',
    faults: ['malformed-json', 'empty-body', 'huge-body', 'unknown-keys', 'usage-zero', 'usage-missing', 'raw'],
  },
  {
    label: 'Tool calls',
    faults: [
      'tool-calls-without-index',
      'tool-calls-without-id',
      'tool-calls-empty-id',
      'tool-calls-empty-name',
      'tool-calls-name-repeated',
      'tool-calls-in-one-delta',
      'tool-calls-arguments-null',
      'tool-calls-arguments-empty',
      'tool-calls-arguments-object',
      'tool-calls-arguments-invalid',
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
    faults: ['response-failed', 'argument-deltas', 'embeddings-unordered', 'download-failed', 'download-paused'],
  },
]

export const FAULTS: Readonly<Record<LabFault, FaultEntry>> = {
  status: entry(
    'An HTTP status',
    'The call is answered with this status, in the words of LM Studio or of a proxy.',
    ANY,
    [
      choice('code', 'Status', STATUSES.map(String), '503 unless given.'),
      choice('shape', 'Form of the body', SHAPES, 'That of the route unless given.'),
      message,
      {
        name: 'retryAfter',
        label: 'Retry-After',
        kind: 'number',
        hint: 'Seconds the server asks to wait. None unless given.',
      },
    ],
  ),
  'error-200': entry('An error with status 200', 'Status 200 says that all is well, and the body is an error.', ANY, [
    message,
    choice('shape', 'Form of the body', ['string', 'object'], '`string` unless given.'),
  ]),
  'catch-all': entry('“Unexpected endpoint”', 'LM Studio’s answer to a path it does not know: status 200.', ANY),
  html: entry('A proxy’s web page', 'Something else listens there, or stands before it.', ANY, [status(200)]),
  redirect: entry('A redirect', 'The server sends the client elsewhere.', ANY, [
    status(302),
    { name: 'location', label: 'Location', kind: 'text', hint: 'An address where nothing listens unless given.' },
  ]),

  'no-models-loaded': entry('No model is loaded', 'Just-in-time loading is off, and no model is in memory.', BODIES, [
    choice('shape', 'Form of the body', ['string', 'object'], '`object` unless given.'),
    status(400),
  ]),
  'load-failed': entry(
    'Not enough memory to load',
    'The model is there, and does not load.',
    ['loadModel', ...BODIES],
    [status(400)],
  ),
  'model-unloaded': entry('The model was unloaded', 'Its idle time ran out, or someone unloaded it.', BODIES, [
    { ...after(), hint: 'Then it comes inside the stream. At once unless given.' },
  ]),
  'context-overflow': entry('The conversation is too long', 'More tokens than the model’s context has.', BODIES, [
    choice('wording', 'Wording', WORDINGS, '`exceeded` unless given.'),
    { ...status(400), hint: '400; for a stream an error inside it unless given.' },
  ]),
  crash: entry('The engine dies', 'The process that runs the model is gone.', GENERATIONS, [after(), message]),
  'zero-deltas': entry('An empty answer', 'No text, no reasoning, no tool call; all else well-formed.', GENERATIONS),
  'json-in-reasoning': entry('The JSON is in the reasoning', 'The content is empty.', ['object']),

  reset: entry('The connection is torn', 'Before the answer; in the middle with a number of events.', ANY, [
    { ...after(), hint: 'So many still come whole. Before the headers unless given.' },
  ]),
  cut: entry('The answer just ends', 'Without finish reason and `[DONE]`, as when the server is stopped.', BODIES, [
    after(),
  ]),
  'cut-mid-character': entry('The answer ends inside a character', 'Half of a letter, then nothing.', BODIES, [
    after(),
  ]),
  stall: entry('Silence', 'The answer begins, and then nothing comes.', BODIES, [
    after(),
    { name: 'ms', label: 'Milliseconds', kind: 'number', hint: 'Then it goes on. Never by itself unless given.' },
    {
      name: 'keepAliveMs',
      label: 'Sign of life every … ms',
      kind: 'number',
      hint: 'A comment that says nothing. None unless given.',
    },
  ]),
  'delay-headers': entry('No answer', 'The request is taken, and nothing comes back.', ANY, [
    { name: 'ms', label: 'Milliseconds', kind: 'number', hint: 'Then it answers. Never by itself unless given.' },
  ]),

  'error-frame': entry('An error inside the stream', 'The status said 200 long ago.', STREAMS, [
    after(),
    choice('form', 'Form', FORMS, '`object-and-message` unless given.'),
    message,
  ]),
  'no-done': entry('No closing mark', 'A finish reason, but no `[DONE]` (`chat.end`, `response.completed`).', STREAMS),
  'no-finish-reason': entry('No finish reason', 'The closing mark comes without one.', [
    'stream',
    'streamTools',
    'streamCompleteText',
  ]),
  'no-final-newline': entry('No last line end', 'The last event is not ended.', STREAMS),
  'null-error': entry('`"error": null` everywhere', 'On every event, as some servers send it.', STREAMS),
  'extra-done': entry('A closing mark too many', '`[DONE]` after streams that have another ending.', NAMED),
  'json-instead-of-stream': entry(
    'JSON instead of a stream',
    'A stream was asked for; the answer comes whole.',
    STREAMS,
  ),
  'huge-line': entry('A line without end', 'One event that never stops.', STREAMS, [after(), bytes]),

  'malformed-json': entry('Cut JSON', 'The body ends in the middle.', ANY),
  'empty-body': entry('No body', 'Status 200, and not a byte.', ANY),
  'huge-body': entry('A body without end', 'It keeps coming.', ANY, [bytes]),
  'unknown-keys': entry('Keys nobody knows', 'On every object, as of a newer server.', BODIES),
  'usage-zero': entry('A usage of zeros', 'The counts are there, and all of them are 0.', WITH_USAGE),
  'usage-missing': entry('No usage', 'The counts are left out.', [...WITH_USAGE, 'embed']),
  raw: entry('Bytes of your own', 'The answer is exactly this.', ANY, [
    { name: 'text', label: 'Body', kind: 'text', hint: '`\\n` is a line end.' },
    { name: 'type', label: 'Content-Type', kind: 'text', hint: '`text/event-stream` unless given.' },
    status(200),
    choice('end', 'Ending', ['close', 'reset', 'stall'], 'What comes after the last byte. `close` unless given.'),
  ]),

  'tool-calls-without-index': entry('No index', 'The deltas do not say of which call they are.', ['streamTools']),
  'tool-calls-without-id': entry('No id', 'Calls have none.', TOOLS),
  'tool-calls-empty-id': entry('An empty id', 'It is there, and says nothing.', TOOLS),
  'tool-calls-empty-name': entry('An empty name', 'Nobody knows which tool is meant.', TOOLS),
  'tool-calls-name-repeated': entry('The name on every delta', 'With id and type, too.', ['streamTools']),
  'tool-calls-in-one-delta': entry('The call in one delta', 'All of it at once.', ['streamTools']),
  'tool-calls-arguments-null': entry('Arguments are null', '`null` in place of a text.', TOOLS),
  'tool-calls-arguments-empty': entry('Arguments are empty', 'An empty text, which is no JSON.', TOOLS),
  'tool-calls-arguments-object': entry('Arguments are an object', 'And not its JSON.', TOOLS),
  'tool-calls-arguments-invalid': entry('Arguments are cut', 'The JSON ends in the middle.', TOOLS),
  'tool-calls-as-text': entry(
    'The call is text',
    '`[TOOL_REQUEST]{…}[END_TOOL_REQUEST]`, finish reason `stop`.',
    TOOLS,
  ),
  'tool-calls-finish-stop': entry('Finish reason `stop`', 'Although there are calls.', TOOLS),

  'prompt-processing-end-twice': entry('An event twice', '`prompt_processing.end` comes again.', NATIVE_STREAMS),
  'unknown-event': entry('An event from the future', 'Of a name no client knows.', NATIVE_STREAMS),
  'error-then-chat-end': entry(
    'An error, then the end',
    '`error`, then `chat.end` with what there is.',
    NATIVE_STREAMS,
    [after(), message],
  ),
  'flat-chat-end': entry('A flat ending', '`chat.end` without the `result` around its fields.', NATIVE_STREAMS),
  'tool-call-failure': entry('A tool that is not there', 'The model calls a tool by a wrong name.', [
    'streamChatTools',
  ]),
  'mcp-connection-error': entry('The MCP server is away', 'LM Studio cannot reach it.', ['streamChatTools']),
  'permission-denied': entry('The plugin is not allowed', '403, as LM Studio is set.', [
    'streamChatTools',
    'streamChat',
    'chat',
  ]),

  'response-failed': entry(
    'The response fails',
    '`response.failed` after some events.',
    ['streamRespond', 'streamRespondTools'],
    [after(), message],
  ),
  'argument-deltas': entry('Arguments piece by piece', 'As newer builds may send them.', ['streamRespondTools']),
  'embeddings-unordered': entry('Vectors in reverse order', 'Each with its right `index`.', ['embed']),
  'download-failed': entry('The download fails', 'At half.', ['downloadModel']),
  'download-paused': entry('The download is paused', 'At half, and stays so.', ['downloadModel']),
}
