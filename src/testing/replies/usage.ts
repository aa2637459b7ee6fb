import type { Exchange } from '../exchange.js'
import type { Generation } from '../generation.js'

/** Returns the `usage` object of chat and text completions. */
export function openAIUsage(exchange: Exchange, generation: Generation, hasDetails: boolean): object {
  const { prompt, completion, reasoning } = generation.usage
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(hasDetails && exchange.settings.version !== '0.3'
      ? { completion_tokens_details: { reasoning_tokens: reasoning } }
      : {}),
  }
}
