import type { ServerError } from './error-body.js'

/** The numbers that a server gives for a request that does not fit. */
export interface TokenCounts {
  /** Tokens of the prompt, without those that the response could have. */
  readonly prompt: number | undefined
  /** Tokens that the response could have (`maxTokens`). */
  readonly output: number | undefined
  /** Tokens that fit. */
  readonly limit: number | undefined
}

// The wordings of OpenAI, vLLM, SGLang, llama.cpp, llama-cpp-python, LM Studio, TGI, TabbyAPI, Mistral, Anthropic and Gemini.
const LIMITS: readonly RegExp[] = [
  /maximum (?:context|model) length(?: is| of| \()? ?(\d+)/i,
  /(\d+) maximum context length/i,
  /context length of only (\d+)/i,
  /context length \((\d+)/i,
  /available context size \((\d+)/i,
  /context window (?:of|\()? ?(\d+)/i,
  /n_ctx \((\d+)\)/i,
  /must be <= (\d+)/i,
  /(?:must have|has to be) less than (\d+) tokens/i,
  /max_seq_len (\d+)/i,
  /max(?:imum)? (?:sequence |model )?length:? (\d+)/i,
  /tokens > (\d+) maximum/i,
  /(?:configured limit of|tokens allowed \() ?(\d+)/i,
  /context limit: \d+ \+ \d+ > (\d+)/i,
  /batch size:? (\d+)/i,
]
const OUTPUTS: readonly RegExp[] = [
  /(\d+) (?:in|for) the completion/i,
  /(\d+) tokens for the completion/i,
  /requested (\d+) output tokens/i,
  /plus (\d+) ['"`]?max_/i,
  /and (\d+) [`'"]?max_new_tokens/i,
  /max_(?:completion_)?tokens['"`]? is too large: (\d+)/i,
  /context limit: \d+ \+ (\d+)/i,
]
const PROMPTS: readonly RegExp[] = [
  /\((\d+) in (?:the|your) (?:messages|prompt)/i,
  /(\d+) tokens from the input/i,
  /(\d+) input tokens/i,
  /prompt contains (?:at least )?(\d+)/i,
  /Given: (\d+)/i,
  /resulted in (?:over )?(\d+) tokens/i,
  /(?:request|input|prompt) \((?:length )?(\d+)(?: tokens?)?\)/i,
  /(?:keep the first|n_keep \() ?(\d+)/i,
  /(?:prompt|context) length:? (\d+) /i,
  /prompt tokens: (\d+)/i,
  /too long: (\d+) tokens/i,
  /token count \((\d+)\)/i,
  /requested tokens \((\d+)\)/i,
  /context limit: (\d+) \+/i,
]
const TOTALS: readonly RegExp[] = [/requested (?:a total of )?(\d+) tokens/i]

/** Reads the numbers of an overflow from the fields of the error, or else from its message. */
export function readTokenCounts(message: string, { promptTokens, contextLength }: ServerError): TokenCounts {
  const find = (patterns: readonly RegExp[]): number | undefined => {
    const text = patterns.map((pattern) => pattern.exec(message)?.[1]).find((found) => found !== undefined)
    return text === undefined ? undefined : Number(text)
  }
  const output = find(OUTPUTS)
  const total = find(TOTALS)
  const rest = total === undefined ? undefined : total - (output ?? 0)
  return { prompt: promptTokens ?? find(PROMPTS) ?? rest, output, limit: contextLength ?? find(LIMITS) }
}

/** Whether the prompt fits and only the tokens requested for the response do not. */
export const isOutputTooLong = ({ prompt = Infinity, output = 0, limit = 0 }: TokenCounts): boolean =>
  output > 0 && prompt < limit
