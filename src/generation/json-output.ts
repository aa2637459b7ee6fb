import type { CompletionResponse } from '../types.js'
import { parseJSON } from '../utils/json.js'

/** Why a response holds no complete JSON, as an error code. */
export type JSONOutputFailure = 'output-refused' | 'output-truncated' | 'output-empty' | 'output-not-json'

/** The JSON that a response was to consist of. */
export interface JSONOutput {
  /** What was read, without the space around it. */
  readonly text: string
  /** `undefined` if there is no JSON. */
  readonly value: unknown
  /** The reason to report if the value is missing or not what it should be. */
  readonly failure: JSONOutputFailure
}

/** Reads the JSON of a response with structured output. */
export function readJSONOutput({ text, reasoning = '', finishReason }: CompletionResponse): JSONOutput {
  const written = text.trim()
  const failure =
    finishReason === 'content-filter'
      ? 'output-refused'
      : finishReason === 'length'
        ? 'output-truncated'
        : written === ''
          ? 'output-empty'
          : 'output-not-json'
  if (written !== '') return { text: written, value: findJSON(written), failure }
  // LM Studio may apply the schema to the reasoning of a thinking model (docs/http-api.md 9.2). Prose around JSON is
  // tolerated in the text only: in the reasoning, JSON within prose is a draft.
  const thought = reasoning.trim()
  return { text: thought, value: parseJSON(thought), failure }
}

/**
 * Finds the JSON in a text. Tries the whole text, the content of a Markdown fence, everything from the first bracket to
 * the last one, and the longest part between matching brackets.
 */
function findJSON(text: string): unknown {
  const value = parseJSON(text)
  if (value !== undefined) return value
  const fenceStart = text.indexOf('\n', text.indexOf('```'))
  const fenced = text.slice(fenceStart, text.indexOf('\n```', fenceStart))
  const bracketStart = Math.max(0, text.search(/[[{]/))
  const bracketEnd = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1
  return parseJSON(fenced) ?? parseJSON(text.slice(bracketStart, bracketEnd)) ?? findLongestJSON(text)
}

function findLongestJSON(text: string): unknown {
  let longest = 0
  let found: unknown
  let start = 0
  let depth = 0
  // Strings are matched as a whole, so that brackets inside them do not count.
  for (const { 0: token, index } of text.matchAll(/[[\]{}]|"[^"\\]*(?:\\.[^"\\]*)*"?/gs)) {
    if (token === '{' || token === '[') {
      if (depth++ === 0) start = index
    } else if (token[0] !== '"' && depth > 0 && --depth === 0 && index - start >= longest) {
      const value = parseJSON(text.slice(start, index + 1))
      if (value === undefined) continue
      longest = index - start + 1
      found = value
    }
  }
  return found
}
