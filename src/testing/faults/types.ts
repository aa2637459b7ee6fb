/** Which calls a fault is for. */
export interface MockFaultOptions {
  /** How many calls it spoils. @defaultValue `1`; `Infinity` until `reset()` */
  readonly times?: number
  /**
   * The path it waits for, without query: exact, or a pattern. With it, faults that otherwise wait for a generation or
   * a stream take any call to that path.
   */
  readonly path?: string | RegExp
}

/** Body shapes LM Studio, and what may stand before it, use for errors. */
export type MockErrorShape = 'string' | 'object' | 'zod' | 'text' | 'html' | 'empty'

interface StatusParameters {
  /** @defaultValue the route's own shape (string on `/v1/chat/completions` and `/v1/embeddings`, else object); HTML for 413, 502 and 504 */
  readonly shape?: MockErrorShape
  readonly message?: string
  /** The `Retry-After` header: seconds, a date, or the header's text. */
  readonly retryAfter?: number | string | Date
  readonly headers?: Readonly<Record<string, string>>
}

interface AfterEvents {
  /** Events of the stream that still go out. @defaultValue `2` */
  readonly afterEvents?: number
}

/** Intersects to nothing, so that a parameter a fault has not is a type error. */
type NoParameters = unknown

/** Wordings of a context overflow. */
export type MockOverflowWording = 'exceeded' | 'keep-first' | 'n-keep' | 'exceeds-available' | 'engine-object'

/** Forms of an error frame in a stream. */
export type MockErrorFrameForm =
  | 'object-and-message'
  | 'event-error'
  | 'string'
  | 'string-then-done'
  | 'object-then-done'
  | 'bare-text'

/**
 * The named faults with their parameters; every parameter is optional. `status-<n>` and `raw` come beside these.
 * A fault waits for the next call it applies to: the comment says which, "any" meaning every call but a preflight.
 */
export interface MockFaultParameters {
  /** Any: 200 with `Unexpected endpoint or method. (…)`, as for a wrong path. */
  'catch-all': NoParameters
  /** Any: a proxy's HTML page. Status 200 by default. */
  html: { readonly status?: number }
  /** Any: `application/json` that is cut in the middle. */
  'malformed-json': NoParameters
  /** Any: status 200 with a JSON error body, also to stream requests. */
  'error-200': { readonly message?: string; readonly shape?: 'string' | 'object' }
  /** Any: 200, `application/json`, no byte of a body. */
  'empty-body': NoParameters
  /** Any: a redirect. `location` is an address nothing listens on unless given. */
  redirect: { readonly status?: number; readonly location?: string }
  /** Any: a JSON body of this many bytes that keeps coming. `bytes` is 64 MiB unless given. */
  'huge-body': { readonly bytes?: number }
  /** Any: headers come late, after `ms` or, without it, once released. */
  'delay-headers': { readonly ms?: number }
  /** Any: the connection is destroyed; before the headers, or in a stream after so many events. */
  reset: AfterEvents

  /** Streams: goes silent after so many events (2 unless given), for `ms` or until released, then goes on. With `keepAliveMs`, a comment every so often. A body that is not a stream stalls in its middle. */
  stall: AfterEvents & { readonly ms?: number; readonly keepAliveMs?: number }
  /** Streams: the body ends cleanly after so many events, without finish reason and `[DONE]`. A body that is not a stream loses its second half. */
  cut: AfterEvents
  /** Streams: like `cut`, and the last event ends inside a character. */
  'cut-mid-character': AfterEvents
  /** Streams: an error frame after so many events (2 unless given; 0 for the very first), and nothing more but what the form says. */
  'error-frame': AfterEvents & { readonly form?: MockErrorFrameForm; readonly message?: string }
  /** Streams: after so many events, one line of this many bytes (64 MiB unless given) without an end. */
  'huge-line': AfterEvents & { readonly bytes?: number }
  /** Streams: a finish reason but no `[DONE]` (nor `chat.end`, `response.completed`, `message_stop`). */
  'no-done': NoParameters
  /** Streams: the final mark, but no finish reason before it. */
  'no-finish-reason': NoParameters
  /** Streams: nothing after the last event's data, not even its line end. */
  'no-final-newline': NoParameters
  /** Streams: `"error": null` on every event. */
  'null-error': NoParameters
  /** Streams: a complete JSON answer although a stream was asked for. */
  'json-instead-of-stream': NoParameters

  /** Generations: no text, no reasoning, no tool call; a well-formed ending. */
  'zero-deltas': NoParameters
  /** Generations: 400 `Model is unloaded.`; with `afterEvents`, as a frame of the stream. */
  'model-unloaded': AfterEvents
  /** Generations: "No models loaded". `shape` is the 0.4 object unless given, status 400 (404 is 0.3's). */
  'no-models-loaded': { readonly shape?: 'string' | 'object'; readonly status?: number }
  /** Generations and loads: 400 `Failed to load model "…"`, for lack of memory. */
  'load-failed': { readonly status?: number }
  /** Generations: a context overflow; 400, or for a stream an error frame unless `status` is given. */
  'context-overflow': { readonly wording?: MockOverflowWording; readonly status?: number }
  /** Generations: the engine dies: 500, or an `event: error` frame after so many events, and the instance is unloaded. */
  crash: AfterEvents & { readonly message?: string }
  /** Generations: an `usage` of zeros. */
  'usage-zero': NoParameters
  /** Generations: no `usage` at all. */
  'usage-missing': NoParameters
  /** Generations: keys no client has heard of, on every object. */
  'unknown-keys': NoParameters
  /** Chat completions with a schema: the JSON is in the reasoning, the content is empty. */
  'json-in-reasoning': NoParameters

  /** Embeddings: the vectors in reverse order, each with its right `index`. */
  'embeddings-unordered': NoParameters

  /** Responses: `response.failed` after so many events. */
  'response-failed': AfterEvents & { readonly message?: string }
  /** Responses: `response.function_call_arguments.delta` events, as newer builds may send them. */
  'argument-deltas': NoParameters
  /** Streams of named events: `data: [DONE]` after the last. */
  'extra-done': NoParameters

  /** Native chat: `prompt_processing.end` twice. */
  'prompt-processing-end-twice': NoParameters
  /** Native chat: an event with a name from the future. */
  'unknown-event': NoParameters
  /** Native chat streams: `error` after so many events, then `chat.end` with the partial result. */
  'error-then-chat-end': AfterEvents & { readonly type?: string; readonly message?: string }
  /** Native chat streams: `chat.end` with the result's fields in the event itself. */
  'flat-chat-end': NoParameters
  /** Native chat with integrations: the model calls a tool that does not exist. */
  'tool-call-failure': NoParameters
  /** Native chat with integrations: the MCP server cannot be reached. */
  'mcp-connection-error': NoParameters
  /** Native chat: 403 for the plugin. */
  'permission-denied': NoParameters

  /** Downloads: the job fails at half. */
  'download-failed': NoParameters
  /** Downloads: the job is paused at half and stays so. */
  'download-paused': NoParameters

  /** Chat completions with tools: deltas have no `index`. */
  'tool-calls-without-index': NoParameters
  /** Chat completions with tools: calls have no `id`. */
  'tool-calls-without-id': NoParameters
  /** Chat completions with tools: the `id` is `""`. */
  'tool-calls-empty-id': NoParameters
  /** Chat completions with tools: the `name` is `""`. */
  'tool-calls-empty-name': NoParameters
  /** Chat completions with tools: `name`, `id` and `type` on every delta. */
  'tool-calls-name-repeated': NoParameters
  /** Chat completions with tools: the whole call in one delta. */
  'tool-calls-in-one-delta': NoParameters
  /** Chat completions with tools: `arguments` is `null`. */
  'tool-calls-arguments-null': NoParameters
  /** Chat completions with tools: `arguments` is `""`. */
  'tool-calls-arguments-empty': NoParameters
  /** Chat completions with tools: `arguments` is an object, not its JSON. */
  'tool-calls-arguments-object': NoParameters
  /** Chat completions with tools: `arguments` is JSON that was cut. */
  'tool-calls-arguments-invalid': NoParameters
  /** Chat completions with tools: the call is text, `[TOOL_REQUEST]{…}[END_TOOL_REQUEST]`, finish reason `stop`. */
  'tool-calls-as-text': NoParameters
  /** Chat completions with tools: finish reason `stop` although there are calls. */
  'tool-calls-finish-stop': NoParameters
}

/** The name of a fault with a name of its own. */
export type MockFaultName = keyof MockFaultParameters

/** Any: an answer of exactly these bytes, for recorded bodies. */
export interface MockRawFault {
  readonly raw: {
    /** @defaultValue `200` */
    readonly status?: number
    /** @defaultValue `content-type: text/event-stream` */
    readonly headers?: Readonly<Record<string, string>>
    /** Each is one piece on the wire. */
    readonly chunks: readonly (string | Uint8Array)[]
    /** After the last piece: end the body, destroy the connection, or wait to be released and then end. @defaultValue `'close'` */
    readonly end?: 'close' | 'reset' | 'stall'
  }
}

/**
 * Something that goes wrong: a name, a name with parameters (`{ name: 'stall', afterEvents: 3 }`), a status
 * (`'status-503'`, `{ name: 'status-429', retryAfter: 2 }`), or raw bytes.
 */
export type MockFault =
  | MockFaultName
  | { readonly [Name in MockFaultName]: { readonly name: Name } & MockFaultParameters[Name] }[MockFaultName]
  | `status-${number}`
  | ({ readonly name: `status-${number}` } & StatusParameters)
  | MockRawFault
