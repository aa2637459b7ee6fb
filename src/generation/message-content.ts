import { isObject } from '../utils/json.js'
import type { SplitContent } from './think-tag-splitter.js'

// Parts hold parts, but no server nests them more deeply than this.
const MAX_DEPTH = 4

/** The fields of a message that hold reasoning; a server that sends several repeats itself. */
const REASONING_FIELDS = [
  'reasoning_content',
  'reasoning',
  'thinking',
  'reasoning_details',
  'reasoning_summary',
] as const

/** A message, or a delta of one, with reasoning in any of these fields. */
export type WithReasoning = { readonly [Field in (typeof REASONING_FIELDS)[number]]?: unknown }

/** Whether a value can be the content of a message: a text, a list of parts, or one part. */
export const isContent = (value: unknown): boolean =>
  typeof value === 'string' || Array.isArray(value) || (isObject(value) && ('type' in value || 'text' in value))

/** Returns the reasoning of a message: a string, a list of parts or an object with a summary. */
export function readReasoning(message: WithReasoning): string {
  for (const field of REASONING_FIELDS) {
    const reasoning = textIn(message[field], 0)
    if (reasoning !== '') return reasoning
  }
  return ''
}

/**
 * Returns the text of content that is a text, a list of parts or one part; `undefined` for content that cannot be read.
 */
export function readContent(content: unknown): string | undefined {
  const text = textIn(content, 0)
  const isEmptyPart = (part: unknown): boolean => part === '' || (isObject(part) && part.text === '')
  return text !== '' || [content].flat().every(isEmptyPart) ? text : undefined
}

/** Separates content that is a list of parts: those about thinking are reasoning, all others with a text are text. */
export function splitParts(content: unknown): SplitContent & { readonly refusal: string } {
  const split = { text: '', reasoning: '', refusal: '' }
  for (const part of Array.isArray(content) ? (content as unknown[]) : [content]) {
    const fields = isObject(part) ? part : {}
    const type = typeof fields.type === 'string' ? fields.type : ''
    const isReasoning = /think|reason|summary/.test(type) || (type === '' && 'thinking' in fields)
    if (isReasoning) split.reasoning += textIn(part, 0)
    else if (type === 'refusal') split.refusal += textIn(fields.refusal, 0)
    else split.text += textIn(part, 0)
  }
  return split
}

/** Returns the text in a string, a list of parts, or an object that has it in one of the usual fields. */
function textIn(value: unknown, depth: number): string {
  if (typeof value === 'string') return value
  if (depth > MAX_DEPTH) return ''
  if (Array.isArray(value)) return value.map((part) => textIn(part, depth + 1)).join('')
  if (!isObject(value)) return ''
  const { text, thinking, reasoning, content, summary, value: inner } = value
  for (const field of [text, thinking, reasoning, content, summary, inner]) {
    const found = textIn(field, depth + 1)
    if (found !== '') return found
  }
  return ''
}
