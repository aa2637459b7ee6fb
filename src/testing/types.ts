import type { MockFault, MockFaultOptions } from './faults/types.js'

/** One request the mock received. */
export interface MockCall {
  readonly method: string
  /** Path with its query string, as it came. */
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The parsed JSON body; the text when it is not JSON; `undefined` without a body. */
  readonly body: unknown
  /** Status answered with; `undefined` until the answer began, or when the connection was dropped first. */
  readonly status: number | undefined
  /** Stream events written so far. */
  readonly eventsSent: number
  /** Settles when the exchange is over: `'completed'`, `'aborted'` (the client went away) or `'dropped'` (by a fault). Never rejects. */
  readonly finished: Promise<'completed' | 'aborted' | 'dropped'>
  /** True once the client has gone away before the answer was whole. */
  readonly aborted: boolean
}

/** A model the mock has on its pretended disk. */
export interface MockModel {
  /** What is sent as `model`, e.g. `acme/tern-4b`. */
  readonly id: string
  /** @defaultValue `'llm'` */
  readonly type?: 'llm' | 'vlm' | 'embedding'
  /** @defaultValue the last part of the id, in words */
  readonly displayName?: string
  /** @defaultValue the first part of the id, or `'acme'` */
  readonly publisher?: string
  /** @defaultValue the first word of the id's last part */
  readonly architecture?: string
  /** @defaultValue `'Q4_K_M'` */
  readonly quantization?: string
  /** @defaultValue `'gguf'` */
  readonly format?: string
  /** @defaultValue `2100200300` */
  readonly sizeBytes?: number
  /** Size in parameters, e.g. `'4B'`; reported as `null` when not given. */
  readonly parameters?: string
  /** In tokens. @defaultValue `32768`, or `2048` for an embedding model */
  readonly maxContextLength?: number
  /** Context length, in tokens, of the instance that is loaded at the start or by JIT. @defaultValue `8192`, at most `maxContextLength` */
  readonly contextLength?: number
  /** Loaded when the mock starts. @defaultValue `false` */
  readonly loaded?: boolean
  /** Reported as trained for tool use. It only informs: tools are answered either way, as LM Studio does. @defaultValue `false` */
  readonly toolUse?: boolean
  /** Reasoning options the model offers; `false` for a model that does not reason. @defaultValue `false` */
  readonly reasoning?: false | { readonly options: readonly string[]; readonly default: string }
  /** Where its reasoning text goes. @defaultValue `'reasoning_content'` */
  readonly reasoningField?: 'reasoning_content' | 'reasoning' | 'inline'
  /** Length of an embedding model's vectors. @defaultValue `256` */
  readonly dimensions?: number
}

/** A model instance that is loaded now. */
export interface MockInstance {
  /** The model's id, with `:2`, `:3` … for further instances. */
  readonly id: string
  readonly model: string
  readonly type: 'llm' | 'vlm' | 'embedding'
  /** In tokens. */
  readonly contextLength: number
  /** True when a request loaded it, false when it was loaded at the start or by a load call. */
  readonly jit: boolean
}

/** One conversation item, whichever route it came in on. */
export interface MockMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly text: string
  /** The images beside the text, as data URLs. */
  readonly images: readonly string[]
  /** Which call a `tool` message answers. */
  readonly toolCallId?: string
  /** The calls an `assistant` message made. */
  readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
}

/** A tool the client offers. */
export interface MockTool {
  readonly name: string
  readonly description: string
  /** JSON schema of its arguments. */
  readonly parameters: unknown
}

/** A generation request, with the differences between the routes taken out. */
export interface MockPrompt {
  /** Path of the route it came in on. */
  readonly route: string
  /** The instance that answers; need not be what was asked for. */
  readonly model: string
  readonly stream: boolean
  readonly messages: readonly MockMessage[]
  /** The raw prompt of a text completion. */
  readonly prompt?: string
  readonly tools: readonly MockTool[]
  readonly toolChoice: 'none' | 'auto' | 'required'
  /** JSON schema the answer is held to. */
  readonly schema?: unknown
  /** In tokens. */
  readonly maxTokens?: number
  readonly stop: readonly string[]
  readonly seed: number
  /** False when the model does not reason or the request turned it off. */
  readonly reasoning: boolean
  /** The request body as it came. */
  readonly body: unknown
}

/** A scripted answer. What is left out is filled in as for the mock's own answers. */
export interface MockReply {
  readonly text?: string
  readonly reasoning?: string
  readonly toolCalls?: readonly {
    readonly id?: string
    readonly name: string
    /** A value is sent as its JSON; a string goes out as it is, valid or not. */
    readonly arguments: unknown
  }[]
  /** How the text is cut into deltas. Joined, they replace `text`. */
  readonly deltas?: readonly string[]
  /** As LM Studio spells it: `stop`, `length`, `tool_calls`. Other values go out as they are. */
  readonly finishReason?: string
  readonly usage?: {
    readonly promptTokens?: number
    readonly completionTokens?: number
    readonly reasoningTokens?: number
  }
}

/**
 * Decides the answer to a generation: a reply, or a string for its text. `undefined` leaves it to the mock.
 * `maxTokens` and `stop` are applied to what it returns.
 */
export type MockReplyFunction = (
  prompt: MockPrompt,
) => MockReply | string | undefined | Promise<MockReply | string | undefined>

/** Options of `createMockLMStudio` and `startMockLMStudio`. */
export interface MockLMStudioOptions {
  /** `'0.3'` has no `/api/v1/*` and no `/v1/messages`: they get the 200 catch-all. @defaultValue `'0.4'` */
  readonly version?: '0.3' | '0.4'
  /**
   * The "Enable CORS" switch. LM Studio's own default is off; here it is on, because most tests are not about it.
   * Off: no `Access-Control-Allow-Origin` anywhere, and a preflight is answered like any other request.
   * @defaultValue `true`
   */
  readonly cors?: boolean
  /** "Require Authentication". `true` uses a built-in token, found in `mock.apiToken`; a string is the token. @defaultValue `false` */
  readonly auth?: boolean | string
  /** Just-in-time loading: a request for a model that is not loaded loads it first. @defaultValue `true` */
  readonly jit?: boolean
  /** Keep only the model that JIT loaded last. Models loaded otherwise stay. @defaultValue `true` */
  readonly autoEvict?: boolean
  /** Whether per-request MCP servers and the servers of `mcp.json` are allowed. Off: 403. @defaultValue `true` */
  readonly mcp?: boolean
  /** How long loading a model takes, in milliseconds. @defaultValue `0` */
  readonly loadDelayMs?: number
  /** Generation speed. `Infinity` waits nowhere. @defaultValue `Infinity` */
  readonly tokensPerSecond?: number
  /** Number mixed into everything the mock makes up. The same seed and requests give the same answers. @defaultValue `0` */
  readonly seed?: number
  /** What is on the pretended disk. @defaultValue a loaded `acme/tern-4b`, and `acme/heron-base`, `acme/plover-vl`, `text-embedding-plover-v2` */
  readonly models?: readonly MockModel[]
  /** How bytes are laid out on the wire. */
  readonly framing?: MockFraming
  /** Scripts the answers. */
  readonly reply?: MockReplyFunction
  /** Faults to inject from the start, each once. */
  readonly faults?: readonly MockFault[]
  /** The clock of `created` and the like, in milliseconds. @defaultValue `Date.now` */
  readonly now?: () => number
}

/** How bytes are laid out on the wire. */
export interface MockFraming {
  /** @defaultValue `'\n'` */
  readonly lineEnding?: '\n' | '\r\n' | '\r'
  /** Puts a comment line before every event. @defaultValue `false` */
  readonly comments?: boolean
  /** Cuts every body into pieces of this many bytes, also inside a character. @defaultValue one piece per event */
  readonly chunkBytes?: number
}

/** A pretended LM Studio. */
export interface MockLMStudio {
  /**
   * Use it where `fetch` goes. Honours `signal` and a cancelled body as a socket would; a dropped connection rejects
   * with the `TypeError` of Node's `fetch`. CORS headers are sent but, as in Node, nobody enforces them.
   */
  readonly fetch: typeof globalThis.fetch
  /** Answers one request, for a server or a service worker. Rejects with a `TypeError` where the connection is dropped before the headers. */
  handle(request: Request): Promise<Response>
  /** Every request so far, preflights included, in order of arrival. */
  readonly calls: readonly MockCall[]
  /** The token that is accepted; `undefined` while `auth` is off. */
  readonly apiToken: string | undefined
  /** What is loaded now. */
  readonly loadedInstances: readonly MockInstance[]
  /** Makes the next calls it applies to go wrong. Faults wait in the order they were injected; one call takes one. */
  inject(fault: MockFault, options?: MockFaultOptions): void
  /** Lets everything go on that waits "until released" now; what comes to wait later is not let go in advance. */
  release(): void
  /** Resolves once some call waits to be released. */
  whenHeld(): Promise<void>
  /** Resolves with the first call, past or future, whose path matches: a string is the path without its query. */
  whenCalled(path: string | RegExp): Promise<MockCall>
  /** Changes options while running. `models` replaces the disk and what is loaded. */
  configure(options: Partial<MockLMStudioOptions>): void
  /** Back to the start: options as given, no calls, no faults, no conversations; live exchanges are dropped. */
  reset(): void
}
