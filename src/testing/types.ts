import type { MockFault, MockFaultOptions } from './faults/types.js'

/** One request that the mock received. Its fields change while the mock handles it. */
export interface MockCall {
  readonly method: string
  /** The path with its query string, as it was sent. */
  readonly path: string
  /** Request headers; the names are in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The parsed JSON body; the text if it is not JSON; `undefined` without a body. */
  readonly body: unknown
  /** HTTP status of the response; `undefined` before the response, or when the connection was dropped before it. */
  readonly status: number | undefined
  /** Number of stream events written so far. */
  readonly eventsSent: number
  /**
   * Resolves when the exchange is over: `'completed'`, `'aborted'` (the client disconnected) or `'dropped'` (a fault or
   * `reset()` destroyed the connection). Never rejects.
   */
  readonly finished: Promise<'completed' | 'aborted' | 'dropped'>
  /** Whether the client has disconnected before the end of the response. */
  readonly aborted: boolean
}

/** A model that the mock has downloaded. */
export interface MockModel {
  /** The id that requests send as `model`, such as `acme/tern-4b`. */
  readonly id: string
  /** Kind of model: text, text and images, embeddings, or decisions. @default 'llm' */
  readonly type?: 'llm' | 'vlm' | 'embedding' | 'decision'
  /** Name in the native lists. @default the last part of the id, with spaces for `-` and `_` */
  readonly displayName?: string
  /** Publisher in the native lists. @default the first part of the id, or 'acme' */
  readonly publisher?: string
  /** Architecture in the native lists. @default the first word of the last part of the id */
  readonly architecture?: string
  /** Quantization, such as `Q4_K_M` or `4bit`. @default 'Q4_K_M' */
  readonly quantization?: string
  /** File format: `gguf`, `mlx`, or any other string. @default 'gguf' */
  readonly format?: string
  /** Size on disk, in bytes. @default 2100200300 */
  readonly sizeBytes?: number
  /** Number of parameters as text, such as `4B`. @default reported as `null` */
  readonly parameters?: string
  /** Longest context the model supports, in tokens. @default 32768; 2048 for an embedding model */
  readonly maxContextLength?: number
  /**
   * Context of the instance that is loaded at the start or just in time, in tokens; at most `maxContextLength`. Longer
   * prompts overflow.
   *
   * @default 8192
   */
  readonly contextLength?: number
  /** Whether the model is loaded when the mock starts. @default false */
  readonly loaded?: boolean
  /**
   * Whether lists report it as trained for tool use. The model calls tools either way, as in LM Studio.
   *
   * @default false
   */
  readonly toolUse?: boolean
  /**
   * The reasoning settings that the model supports and its default; `false` for a model that does not reason.
   *
   * @default false
   */
  readonly reasoning?: false | { readonly options: readonly string[]; readonly default: string }
  /**
   * Where chat completions place the reasoning: in a field of the message, or in a `<think>` block of the text.
   *
   * @default 'reasoning_content'
   */
  readonly reasoningField?: 'reasoning_content' | 'reasoning' | 'inline'
  /** Length of the vectors of an embedding model. @default 256 */
  readonly dimensions?: number
}

/** A model instance that is loaded now. */
export interface MockInstance {
  /** The id of the model; further instances of it have `:2`, `:3` … appended. */
  readonly id: string
  /** The id of the model. */
  readonly model: string
  readonly type: 'llm' | 'vlm' | 'embedding' | 'decision'
  /** In tokens. */
  readonly contextLength: number
  /** Whether a request loaded it just in time, and not the start or a load call. */
  readonly jit: boolean
}

/** One message of a conversation, in one shape for all routes. */
export interface MockMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly text: string
  /** Images of the message, as data URLs. */
  readonly images: readonly string[]
  /** Id of the call whose result a `tool` message is. */
  readonly toolCallId?: string
  /** The calls of an `assistant` message. */
  readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
}

/** A tool that a request offers. */
export interface MockTool {
  readonly name: string
  /** Empty when the request has none. */
  readonly description: string
  /** JSON schema of the arguments. */
  readonly parameters: unknown
}

/** A generation request in one shape for all routes. */
export interface MockPrompt {
  /** Path of the route. */
  readonly route: string
  /** Id of the instance that serves the request; it may differ from the requested model. */
  readonly model: string
  /** Whether the request is for a stream. */
  readonly stream: boolean
  /** The conversation, stored messages included; empty for a text completion. */
  readonly messages: readonly MockMessage[]
  /** The prompt of a text completion. */
  readonly prompt?: string
  readonly tools: readonly MockTool[]
  readonly toolChoice: 'none' | 'auto' | 'required'
  /** JSON schema that constrains the output. */
  readonly schema?: unknown
  /** Limit of the output, in tokens. */
  readonly maxTokens?: number
  /** Stop strings. */
  readonly stop: readonly string[]
  /** The seed of the request plus that of the mock. */
  readonly seed: number
  /** Whether the model reasons: it supports reasoning, and the request does not turn it off. */
  readonly reasoning: boolean
  /** The request body as it was sent. */
  readonly body: unknown
}

/** A scripted model output. Omitted fields are empty, or counted by the mock. */
export interface MockReply {
  readonly text?: string
  readonly reasoning?: string
  readonly toolCalls?: readonly {
    /** @default nine digits, as LM Studio's ids */
    readonly id?: string
    readonly name: string
    /** A value is sent as its JSON. A string is sent unchanged, valid JSON or not. */
    readonly arguments: unknown
  }[]
  /** The deltas of the text, in place of `text`. @default `text`, one delta per token */
  readonly deltas?: readonly string[]
  /**
   * In LM Studio's spelling: `stop`, `length` or `tool_calls`. Other values are sent unchanged.
   *
   * @default follows from the output
   */
  readonly finishReason?: string
  /** Token counts; each is counted by the mock when omitted. */
  readonly usage?: {
    readonly promptTokens?: number
    readonly completionTokens?: number
    readonly reasoningTokens?: number
  }
}

/**
 * Returns the model output for a prompt: a reply, or a string for its text. `undefined` leaves it to the mock. The mock
 * applies `maxTokens` and `stop` to the result.
 */
export type MockReplyFunction = (
  prompt: MockPrompt,
) => MockReply | string | undefined | Promise<MockReply | string | undefined>

/** Options of `createMockLMStudio` and `startMockLMStudio`. Unknown options throw a `RangeError`. */
export interface MockLMStudioOptions {
  /**
   * The server to imitate. `'openai'` is a plain OpenAI-compatible server: it has the routes below `/v1` except
   * `/v1/messages`, responds to other paths with a 404, and sends every error as an object. Its generation and its checks of
   * requests are those of LM Studio.
   *
   * @default 'lmstudio'
   */
  readonly server?: 'lmstudio' | 'openai'
  /**
   * LM Studio version to imitate. `'0.3'` responds to `/api/v1/*` and `/v1/messages` with the 200 catch-all.
   *
   * @default '0.4'
   */
  readonly version?: '0.3' | '0.4'
  /**
   * The "Enable CORS" setting. Off: no response has `Access-Control-Allow-Origin`, and a preflight is handled like any
   * other request. LM Studio's own default is off; most tests are not about CORS, so the mock's is on.
   *
   * @default true
   */
  readonly cors?: boolean
  /**
   * The request headers that a preflight allows while CORS is on: names, or `'*'`. LM Studio's own list is not
   * published. A browser does not count `'*'` as permission for `Authorization`.
   *
   * @default ['content-type', 'authorization', 'x-api-key']
   */
  readonly allowedHeaders?: '*' | readonly string[]
  /**
   * Whether a preflight with `Access-Control-Request-Private-Network: true` is granted while CORS is on. LM Studio does
   * not send the header that grants it, which Chrome required before version 142.
   *
   * @default false
   */
  readonly privateNetwork?: boolean
  /**
   * The "Require Authentication" setting. `true` accepts a built-in token, see {@link MockLMStudio.apiToken}; a string
   * is the accepted token.
   *
   * @default false
   */
  readonly auth?: boolean | string
  /** Just-in-time loading: a request for a model that is not loaded loads it first. @default true */
  readonly jit?: boolean
  /**
   * Whether a just-in-time load unloads the models that were loaded that way before. Other models stay.
   *
   * @default true
   */
  readonly autoEvict?: boolean
  /**
   * Idle time after which a model that was loaded just in time is unloaded, in seconds of the clock `now`. The field
   * `ttl` of the request that loads the model wins. Models that were loaded otherwise stay.
   *
   * @default 3600
   */
  readonly idleTTLSeconds?: number
  /**
   * The "Max Concurrent Predictions" of each instance; further predictions wait in a queue. LM Studio's own default is 4,
   * which lists report either way.
   *
   * @default Infinity, so that a test that holds many responses does not wait for itself
   */
  readonly parallel?: number
  /** Whether per-request MCP servers and those of `mcp.json` are allowed. Off: a 403. @default true */
  readonly mcp?: boolean
  /** How long a model takes to load, in ms. @default 0 */
  readonly loadDelayMs?: number
  /** Generation speed, in tokens per second. `Infinity` generates without pauses. @default Infinity */
  readonly tokensPerSecond?: number
  /** Integer that varies everything the mock generates. The same seed and requests give the same output. @default 0 */
  readonly seed?: number
  /**
   * The downloaded models.
   *
   * @default `acme/tern-4b` (loaded), `acme/heron-base`, `acme/plover-vl`, `acme/judge-1b` and `text-embedding-plover-v2`
   */
  readonly models?: readonly MockModel[]
  /** How bytes are laid out on the wire. @default one chunk per event, `\n` line ends, no comments */
  readonly framing?: MockFraming
  /** Scripts the model output. @default the mock's own replies */
  readonly reply?: MockReplyFunction
  /** Faults to inject at the start and after `reset()`, once each. @default none */
  readonly faults?: readonly MockFault[]
  /** The clock behind `created` and other dates: ms since 1970. @default Date.now */
  readonly now?: () => number
}

/** How bytes are laid out on the wire. */
export interface MockFraming {
  /** Line end of event streams. @default '\n' */
  readonly lineEnding?: '\n' | '\r\n' | '\r'
  /** Whether a comment line precedes every event. @default false */
  readonly comments?: boolean
  /**
   * Size of the chunks that every body is cut into, in bytes; cuts may fall inside a character.
   *
   * @default one chunk per event
   */
  readonly chunkBytes?: number
}

/** A mock LM Studio. */
export interface MockLMStudio {
  /**
   * Replaces `fetch` in tests. An aborted `signal` and a canceled body end the exchange as on a socket; a dropped
   * connection rejects with the `TypeError` of Node's `fetch`. CORS headers are sent but not enforced, as in Node.
   */
  readonly fetch: typeof globalThis.fetch
  /**
   * Handles one request, for use in a server or a service worker. Rejects with a `TypeError` when a fault drops the
   * connection before the headers, and with the reason of the request's signal.
   */
  handle(request: Request): Promise<Response>
  /** Every request so far, preflights included, in order of arrival. */
  readonly calls: readonly MockCall[]
  /** The token that the mock accepts; `undefined` while `auth` is off. */
  readonly apiToken: string | undefined
  /** The instances that are loaded now. */
  readonly loadedInstances: readonly MockInstance[]
  /**
   * Queues a fault for the next call that it applies to. One call takes one fault, in the order of injection.
   *
   * @throws `RangeError` for an unknown fault.
   */
  inject(fault: MockFault, options?: MockFaultOptions): void
  /** Releases everything that waits until it is released now. Later waits need another call. */
  release(): void
  /** Resolves as soon as a call waits to be released. */
  whenHeld(): Promise<void>
  /**
   * Resolves with the first call, past or future, to a path.
   *
   * @param path the path without its query, or a pattern for it
   */
  whenCalled(path: string | RegExp): Promise<MockCall>
  /**
   * Changes options at run time. `models` also replaces what is loaded, and removes conversations and download jobs.
   * `faults` has no effect here: use `inject`.
   *
   * @throws `RangeError` for an unknown option.
   */
  configure(options: Partial<MockLMStudioOptions>): void
  /**
   * Restores the initial state: the options and faults given at the start, no calls, no conversations. Live exchanges
   * are dropped.
   */
  reset(): void
}
