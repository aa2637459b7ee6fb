// What is read of each wire shape. Everything else passes through unread.

type Nullish<T> = T | null | undefined

export interface WireUsage {
  readonly prompt_tokens?: Nullish<number>
  readonly completion_tokens?: Nullish<number>
  readonly total_tokens?: Nullish<number>
  readonly completion_tokens_details?: Nullish<{ readonly reasoning_tokens?: Nullish<number> }>
}

export interface WireStats {
  readonly tokens_per_second?: Nullish<number>
  readonly time_to_first_token?: Nullish<number>
  readonly generation_time?: Nullish<number>
}

export interface WireToolCall {
  readonly index?: Nullish<number>
  readonly id?: Nullish<string>
  readonly function?: Nullish<{
    readonly name?: Nullish<string>
    readonly arguments?: Nullish<string | { readonly [key: string]: unknown }>
  }>
}

export interface WireMessage {
  readonly content?: Nullish<string>
  readonly reasoning_content?: Nullish<string>
  readonly reasoning?: Nullish<string>
  readonly tool_calls?: Nullish<readonly WireToolCall[]>
}

interface WireEnvelope {
  readonly id?: Nullish<string>
  readonly model?: Nullish<string>
  readonly usage?: Nullish<WireUsage>
  readonly stats?: Nullish<WireStats>
}

/** Body of a whole answer. */
export interface WireCompletion extends WireEnvelope {
  readonly choices: readonly {
    readonly index?: Nullish<number>
    readonly message?: Nullish<WireMessage>
    /** Of a text completion. */
    readonly text?: Nullish<string>
    readonly finish_reason?: Nullish<string>
  }[]
}

/** One event of a streamed answer. */
export interface WireChunk extends WireEnvelope {
  readonly choices?: Nullish<
    readonly {
      readonly index?: Nullish<number>
      readonly delta?: Nullish<WireMessage>
      readonly text?: Nullish<string>
      readonly finish_reason?: Nullish<string>
    }[]
  >
}

export interface WireEmbeddings {
  readonly model?: Nullish<string>
  readonly data: readonly { readonly index?: Nullish<number>; readonly embedding: number[] }[]
  readonly usage?: Nullish<WireUsage>
}

/** An entry of `GET /api/v1/models` (0.4.0+). */
export interface WireModelV1 {
  readonly key: string
  readonly type: string
  readonly publisher?: Nullish<string>
  readonly display_name?: Nullish<string>
  readonly architecture?: Nullish<string>
  readonly quantization?: Nullish<{ readonly name?: Nullish<string> }>
  readonly size_bytes?: Nullish<number>
  readonly params_string?: Nullish<string>
  readonly loaded_instances?: Nullish<
    readonly {
      readonly id: string
      readonly config?: Nullish<{ readonly context_length?: Nullish<number>; readonly [key: string]: unknown }>
    }[]
  >
  readonly max_context_length?: Nullish<number>
  readonly format?: Nullish<string>
  readonly capabilities?: Nullish<{
    readonly vision?: Nullish<boolean>
    readonly trained_for_tool_use?: Nullish<boolean>
    readonly reasoning?: Nullish<{
      readonly allowed_options?: Nullish<readonly string[]>
      readonly default?: Nullish<string>
    }>
  }>
  readonly variants?: Nullish<readonly string[]>
}

/** An entry of `GET /api/v0/models` (0.3.6+). */
export interface WireModelV0 {
  readonly id: string
  readonly type: string
  readonly publisher?: Nullish<string>
  readonly arch?: Nullish<string>
  readonly compatibility_type?: Nullish<string>
  readonly quantization?: Nullish<string>
  readonly state?: Nullish<string>
  readonly max_context_length?: Nullish<number>
  readonly loaded_context_length?: Nullish<number>
  readonly capabilities?: Nullish<readonly string[]>
}

/** An entry of `GET /v1/models`, of LM Studio or of anything else that speaks OpenAI's. */
export interface WireModelOpenAI {
  readonly id: string
}
