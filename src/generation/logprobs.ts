import * as v from 'valibot'
import type { TokenLogprob } from '../types.js'
import { isObject } from '../utils/json.js'
import { once } from '../utils/once.js'

const finite = () => v.custom<number>(Number.isFinite)

const tokenSchema = /* @__PURE__ */ once(() =>
  v.looseObject({
    token: v.string(),
    logprob: finite(),
    top_logprobs: v.fallback(v.nullish(v.array(v.unknown())), []),
  }),
)

/** Reads the log probabilities of a choice, in the form of chat completions or of text completions. */
export function readLogprobs(logprobs: unknown): TokenLogprob[] {
  if (!isObject(logprobs)) return []
  const { content, refusal, tokens, token_logprobs: values, top_logprobs: alternatives } = logprobs
  const listed = [content, refusal].flatMap((list): unknown[] => (Array.isArray(list) ? list : []))
  if (listed.length > 0) return listed.flatMap(toTokenLogprob)
  if (!Array.isArray(tokens) || !Array.isArray(values)) return []
  return tokens.flatMap((token: unknown, index) => {
    const others: unknown = Array.isArray(alternatives) ? alternatives[index] : undefined
    const top = Object.entries(isObject(others) ? others : {}).map(([name, logprob]) => ({ token: name, logprob }))
    return toTokenLogprob({ token, logprob: (values as unknown[])[index], top_logprobs: top })
  })
}

/** Returns the entry in a list; an entry that cannot be read is left out. */
function toTokenLogprob(entry: unknown): TokenLogprob[] {
  const [read] = readToken(entry)
  if (read === undefined) return []
  const topLogprobs = (read.top_logprobs ?? []).flatMap(readToken).map(({ token, logprob }) => ({ token, logprob }))
  const { token, logprob } = read
  return [{ token, logprob, ...(topLogprobs.length === 0 ? {} : { topLogprobs }) }]
}

function readToken(entry: unknown): v.InferOutput<ReturnType<typeof tokenSchema>>[] {
  const { success, output } = v.safeParse(tokenSchema(), entry)
  return success ? [output] : []
}
