/** Which calls take a fault. */
export interface MockFaultOptions {
  /** How many calls take the fault; `Infinity` for all until `reset()`. @default 1 */
  readonly times?: number
  /**
   * The path of the calls that take the fault, without query: exact, or a pattern. With a path, faults that otherwise
   * need a stream take any call to it.
   *
   * @default any path that the fault applies to
   */
  readonly path?: string | RegExp
}

/** Shape of an error body: LM Studio's own shapes (`string`, `object`, `zod`), or what a proxy in front of it sends. */
export type MockErrorShape = 'string' | 'object' | 'zod' | 'text' | 'html' | 'empty'

/** The parameters of `status-<n>`. */
export interface StatusParameters {
  /**
   * Shape of the body.
   *
   * @default the shape of the route: a string on `/v1/chat/completions` and `/v1/embeddings`, else an object; HTML for
   * 413, 502 and 504
   */
  readonly shape?: MockErrorShape
  /** Message of the body. @default the reason phrase of the status; LM Studio's own text for 401 and 403 */
  readonly message?: string
  /** Fields of an error object that replace its own, such as `code`, `type` and `param`; sets the shape `'object'`. */
  readonly error?: Readonly<Record<string, unknown>>
  /** The `Retry-After` header: seconds, a date, or the text of the header. @default no header */
  readonly retryAfter?: number | string | Date
  /** Further response headers. @default none */
  readonly headers?: Readonly<Record<string, string>>
}

interface AfterEvents {
  /** Number of events that are sent before the fault. @default 2 */
  readonly afterEvents?: number
}

/** Adds nothing to an intersection, so that a parameter of another fault is a type error. */
type NoParameters = unknown

/** Wording of a context overflow. */
export type MockOverflowWording = 'exceeded' | 'keep-first' | 'n-keep' | 'exceeds-available' | 'engine-object'

/** Wording of the error for a model that is gone. */
export type MockUnloadedWording = 'is-unloaded' | 'unloaded' | 'unloaded-or-crashed'

/** Wording of a chat template's refusal. */
export type MockTemplateWording = 'alternate' | 'jinja' | 'exception'

/** Form of an error frame in a stream. */
export type MockErrorFrameForm =
  | 'object-and-message'
  | 'event-error'
  | 'string'
  | 'string-then-done'
  | 'object-then-done'
  | 'bare-text'
  | 'plain-text'

/**
 * The named faults with their parameters, all of which are optional. `status-<n>` and `raw` exist as well.
 *
 * A fault waits for the next call that it applies to. The first words of each comment name these calls: "Any" means
 * every call except preflights.
 */
export interface MockFaultParameters {
  /** Any: `Unexpected endpoint or method. (…)`, as for a wrong path. `status` is 200 by default; a 404 was logged once. */
  'catch-all': { readonly status?: number }
  /** Any: the HTML page of a proxy. `status` is 200 by default. */
  html: { readonly status?: number }
  /** Any: `application/json` that is cut in the middle. */
  'malformed-json': NoParameters
  /** Any, streams included: status 200 with a JSON error body. `shape` is `'string'` by default. */
  'error-200': { readonly message?: string; readonly shape?: 'string' | 'object' }
  /** Any: 200 and `application/json` with an empty body. */
  'empty-body': NoParameters
  /** Any: a redirect. `status` is 302 by default, `location` an address where nothing listens. */
  redirect: { readonly status?: number; readonly location?: string }
  /** Any: a JSON body of `bytes` bytes, 64 MiB by default. It is generated as it is read. */
  'huge-body': { readonly bytes?: number }
  /** Any: the headers are sent after `ms` or, by default, once released. */
  'delay-headers': { readonly ms?: number }
  /** Any: the connection is destroyed before the headers or, with `afterEvents`, during the stream. */
  reset: AfterEvents

  /**
   * Streams: pauses after some events, for `ms` or, by default, until released; then continues. With `keepAliveMs`, a
   * comment is sent at that interval. A body that is not a stream pauses in its middle.
   */
  stall: AfterEvents & { readonly ms?: number; readonly keepAliveMs?: number }
  /**
   * Streams: ends cleanly after some events, without finish reason and `[DONE]`. A body that is not a stream loses its
   * second half.
   */
  cut: AfterEvents
  /** Streams: like `cut`, but the last event ends inside a character. */
  'cut-mid-character': AfterEvents
  /**
   * Streams: an error frame after some events, the first frame with `afterEvents: 0`. Only the forms that end in
   * `-then-done` send `[DONE]` after it. `form` is `'object-and-message'` by default.
   */
  'error-frame': AfterEvents & { readonly form?: MockErrorFrameForm; readonly message?: string }
  /** Streams: after some events, one line of `bytes` bytes, 64 MiB by default, without a line end. */
  'huge-line': AfterEvents & { readonly bytes?: number }
  /** Streams: a finish reason, but no end marker: no `[DONE]`, `chat.end`, `response.completed` or `message_stop`. */
  'no-done': NoParameters
  /** Streams: the end marker, but no finish reason before it. */
  'no-finish-reason': NoParameters
  /** Streams: nothing follows the data of the last event, not even a line end. */
  'no-final-newline': NoParameters
  /** Streams: `"error": null` on every event. */
  'null-error': NoParameters
  /** Streams: a complete JSON response in place of the stream. */
  'json-instead-of-stream': NoParameters
  /** Streams: labeled `application/json`. */
  'stream-labeled-json': NoParameters
  /** Generations without `stream`: an event stream in place of the JSON response. */
  'stream-instead-of-json': NoParameters

  /** Generations: no text, reasoning or tool call, but a well-formed end. */
  'zero-deltas': NoParameters
  /**
   * Generations: 400 `Model is unloaded.`; with `afterEvents`, a frame of the stream. `wording` is `'is-unloaded'` by
   * default; `'unloaded-or-crashed'` is `Model has unloaded or crashed..`.
   */
  'model-unloaded': AfterEvents & { readonly wording?: MockUnloadedWording }
  /** Generations: "No models loaded". By default a 400 with the object of 0.4; 0.3 sends a 404 with a string. */
  'no-models-loaded': { readonly shape?: 'string' | 'object'; readonly status?: number }
  /** Generations and loads: `Failed to load model "…"`, for lack of memory. `status` is 400 by default. */
  'load-failed': { readonly status?: number }
  /**
   * Generations: a context overflow; a 400, or an error frame of a stream unless `status` is given. `wording` is
   * `'exceeded'` by default.
   */
  'context-overflow': { readonly wording?: MockOverflowWording; readonly status?: number }
  /**
   * Generations: the engine crashes and the instance is gone; a 500, or an error event after some events of a stream.
   */
  crash: AfterEvents & { readonly message?: string }
  /**
   * Generations: `Engine protocol predict request returned 400: {"error":{…}}`; a 400, or an error frame of a stream
   * unless `status` is given. `error` is the engine's error, a context overflow by default; a string is sent unchanged.
   * `request` is `'predict'` and `engineStatus` is 400 by default.
   */
  'engine-error': {
    readonly status?: number
    readonly engineStatus?: number
    readonly request?: string
    readonly error?: string | Readonly<Record<string, unknown>>
  }
  /**
   * Generations: the chat template refuses the messages (`Conversation roles must alternate …`); a 400, or an error frame
   * of a stream unless `status` is given. `wording` is `'alternate'` by default.
   */
  'template-error': { readonly wording?: MockTemplateWording; readonly status?: number }
  /** Generations: 503 `Loading model`, as llama.cpp sends it. Inject it with `times` to respond after that many calls. */
  'loading-model': NoParameters
  /** Generations with `stream_options`: 422 that names the field, as strict servers send it. */
  'stream-options-refused': NoParameters
  /**
   * Chat completions with a tool call in their messages whose arguments are not JSON: 500, as llama.cpp sends it. With
   * `times: Infinity` the conversation cannot continue.
   */
  'invalid-arguments-refused': NoParameters
  /** Generations: another model responds, `acme/osprey-8b` by default. */
  'other-model': { readonly model?: string }
  /** Generations: every count in `usage` is zero. */
  'usage-zero': NoParameters
  /** Generations: no `usage`. */
  'usage-missing': NoParameters
  /** Generations: unknown keys on every document and choice. */
  'unknown-keys': NoParameters
  /** Chat completions with a schema: the JSON is in the reasoning, and the content is empty. */
  'json-in-reasoning': NoParameters
  /**
   * Chat completion streams: `prompt_progress` before the first delta, as llama.cpp reports it, after every `batch` of
   * 1000 of the `total` of 6000 tokens. With `ms`, a pause precedes each report.
   */
  'prompt-progress': { readonly total?: number; readonly batch?: number; readonly ms?: number }
  /** Chat completions: `content` is a list of parts, `thinking` and `text`. */
  'content-parts': NoParameters
  /** Chat completions: every `content` is `null` or, if set so, `""`; the usage counts 42 tokens. */
  'empty-content': { readonly content?: null | '' }
  /** Chat completion streams: one event carries the whole text, in `message` instead of `delta`. */
  'answer-in-message': NoParameters
  /** Chat completions: the reasoning is in the text and ends with `</think>`, without an opening tag. */
  'lone-think-end': NoParameters

  /** Embeddings: the vectors in reverse order, each with its own `index`. */
  'embeddings-unordered': NoParameters
  /** Embeddings: every number is `null`. */
  'embeddings-null': NoParameters

  /** Streamed responses: `response.failed` after some events. */
  'response-failed': AfterEvents & { readonly message?: string }
  /** Responses: the status is `failed` and the error `null`; the output is half of the text. */
  'response-status-failed': NoParameters
  /**
   * Streamed responses: `content_index` counts on, per delta of an item or per `item`; `per` is `'delta'` by default.
   * Every item still has one part.
   */
  'content-index-counted': { readonly per?: 'delta' | 'item' }
  /** Streamed responses: adds `response.function_call_arguments.delta` events, as newer builds may send them. */
  'argument-deltas': NoParameters
  /** Streams of named events: `data: [DONE]` after the last event. */
  'extra-done': NoParameters

  /** Native chat streams: `prompt_processing.end` twice. */
  'prompt-processing-end-twice': NoParameters
  /** Native chat streams: an event with an unknown name. */
  'unknown-event': NoParameters
  /** Native chat streams: `error` after some events, then `chat.end` with the partial result. */
  'error-then-chat-end': AfterEvents & { readonly type?: string; readonly message?: string }
  /** Native chat streams: `chat.end` has the fields of the result in the event itself. */
  'flat-chat-end': NoParameters
  /** Native chat with integrations: the model calls a tool that does not exist. */
  'tool-call-failure': NoParameters
  /** Native chat with integrations: the MCP server cannot be reached. */
  'mcp-connection-error': NoParameters
  /** Native chat: a 403 for the plugin. */
  'permission-denied': NoParameters

  /** Unloads: 200 with `null`. The instance stays. */
  'unload-null': NoParameters
  /** Loads: 200 with `{"status":"failed"}`. */
  'load-status-failed': NoParameters
  /** Downloads: the job fails at half. `message` is sent as `error_message`; there is none by default. */
  'download-failed': { readonly message?: string }
  /** Downloads: the job pauses at half and does not resume. */
  'download-paused': NoParameters

  /** Chat completions with tools: deltas have no `index`. */
  'tool-calls-without-index': NoParameters
  /** Chat completions with tools: calls have no `id`. */
  'tool-calls-without-id': NoParameters
  /** Chat completions with tools: the `id` is `""`. */
  'tool-calls-empty-id': NoParameters
  /** Chat completions with tools: the `name` is `""`. */
  'tool-calls-empty-name': NoParameters
  /** Chat completions with tools: calls have no `name`. */
  'tool-calls-without-name': NoParameters
  /** Chat completions with tools: calls have no `function`. */
  'tool-calls-without-function': NoParameters
  /** Chat completions with tools: the finish reason is `tool_calls`, but there are no calls. */
  'tool-calls-missing': NoParameters
  /** Chat completion streams with tools: name and arguments of each call come in two deltas, half in each. */
  'tool-calls-name-split': NoParameters
  /** Chat completion streams with tools: the last delta of each call repeats the complete arguments. */
  'tool-calls-arguments-repeated': NoParameters
  /** Chat completions with tools: `name`, `id` and `type` on every delta. */
  'tool-calls-name-repeated': NoParameters
  /** Chat completions with tools: each call is one delta. */
  'tool-calls-in-one-delta': NoParameters
  /** Chat completions with tools: `arguments` is `null`. */
  'tool-calls-arguments-null': NoParameters
  /** Chat completions with tools: `arguments` is `""`. */
  'tool-calls-arguments-empty': NoParameters
  /** Chat completions with tools: `arguments` is an object instead of a string. */
  'tool-calls-arguments-object': NoParameters
  /** Chat completions with tools: `arguments` is JSON without its last character. */
  'tool-calls-arguments-invalid': NoParameters
  /**
   * Chat completions with tools: the calls are text, `[TOOL_REQUEST]{…}[END_TOOL_REQUEST]`, with finish reason `stop`.
   */
  'tool-calls-as-text': NoParameters
  /** Chat completions with tools: the finish reason is `stop` despite the calls. */
  'tool-calls-finish-stop': NoParameters
}

/** The name of a fault, apart from `status-<n>` and `raw`. */
export type MockFaultName = keyof MockFaultParameters

/** Any: a response of exactly these bytes, for recorded bodies. */
export interface MockRawFault {
  readonly raw: {
    /** @default 200 */
    readonly status?: number
    /** @default `content-type: text/event-stream` */
    readonly headers?: Readonly<Record<string, string>>
    /** Each is one chunk on the wire. */
    readonly chunks: readonly (string | Uint8Array)[]
    /**
     * After the last chunk: end the body, destroy the connection, or wait until released and then end the body.
     *
     * @default 'close'
     */
    readonly end?: 'close' | 'reset' | 'stall'
  }
}

/**
 * A fault: a name, a name with parameters (`{ name: 'stall', afterEvents: 3 }`), a status
 * (`'status-503'`, `{ name: 'status-429', retryAfter: 2 }`), or raw bytes.
 */
export type MockFault =
  | MockFaultName
  | { readonly [Name in MockFaultName]: { readonly name: Name } & MockFaultParameters[Name] }[MockFaultName]
  | `status-${number}`
  | ({ readonly name: `status-${number}` } & StatusParameters)
  | MockRawFault
