import { overlap } from '../generation/think-tag-splitter.js'
import type { CompletionEvent } from '../generation/types.js'
import type { ToolCall } from '../types.js'
import { isObject, parseJSON } from '../utils/json.js'
import { findTool } from './find-tool.js'
import type { Tool } from './types.js'

const TAGS = [
  { open: '[TOOL_REQUEST]', close: '[END_TOOL_REQUEST]' },
  { open: '<tool_call>', close: '</tool_call>' },
] as const

type Tag = (typeof TAGS)[number]

// Whitespace before a tag is removed with it, so it is held back until the next text. Beyond this many characters it is
// emitted: a model that repeats line breaks must not stall the stream.
const MAX_HELD_WHITESPACE = 256

/**
 * Moves tool calls that a model wrote as text into the tool calls of its response, unless the response has tool calls
 * already. Their text is removed in either case.
 */
export async function* withTextToolCalls(
  events: AsyncIterable<CompletionEvent>,
  tools: readonly Tool[],
): AsyncGenerator<CompletionEvent> {
  const parser = new TextToolCallParser(tools)
  let text = ''
  let hasTextDeltas = false
  for await (const event of events) {
    if (event.type === 'text-delta') {
      hasTextDeltas = true
      const delta = parser.push(event.text)
      text += delta
      if (delta !== '') yield { type: 'text-delta', text: delta }
    } else if (event.type === 'completion-end') {
      const { response } = event
      const rest = (hasTextDeltas ? '' : parser.push(response.text)) + parser.end()
      text += rest
      if (rest !== '') yield { type: 'text-delta', text: rest }
      if (response.toolCalls.length > 0 || parser.toolCalls.length === 0) {
        yield { type: 'completion-end', response: { ...response, text } }
        continue
      }
      const { toolCalls } = parser
      for (const [index, toolCall] of toolCalls.entries()) {
        const { id, name, rawArguments } = toolCall
        yield { type: 'tool-call-start', index, id, name }
        yield { type: 'tool-call-delta', index, id, argumentsDelta: rawArguments }
        yield { type: 'tool-call', index, toolCall }
      }
      yield { type: 'completion-end', response: { ...response, text, toolCalls, finishReason: 'tool-calls' } }
    } else yield event
  }
}

/**
 * Separates tool calls from the text around them (docs/http-api.md 9.4), wherever the text is split into deltas.
 *
 * @remarks
 * Only text that may belong to a call is held back. A block that is not a call of one of the tools stays in the text.
 */
export class TextToolCallParser {
  readonly toolCalls: ToolCall[] = []
  readonly #tools: readonly Tool[]
  /** The end of the text so far, if it may be the beginning of an opening tag, with the whitespace before it. */
  #held = ''
  /** An opening tag and everything after it; `tail` is long enough to detect a closing tag that spans two deltas. */
  #block: { readonly tag: Tag; readonly parts: string[]; tail: string } | undefined
  /** Whether a call has just ended: the whitespace after it is dropped. */
  #isAfterCall = false
  /** Whitespace before the call that has just ended. It separates the text around the call, if more text follows. */
  #gap = ''
  #hasText = false

  constructor(tools: readonly Tool[]) {
    this.#tools = tools
  }

  /** Adds a delta; returns the text, earlier or new, that is now known not to belong to a call. */
  push(delta: string): string {
    const text = this.#pushDelta(delta)
    this.#hasText ||= text !== ''
    return text
  }

  #pushDelta(delta: string): string {
    const block = this.#block
    if (block === undefined) return this.#read(this.#held + delta)
    // The parts are joined once at the end, which keeps long arguments linear.
    block.parts.push(delta)
    const recent = block.tail + delta
    block.tail = recent.slice(-block.tag.close.length)
    return recent.includes(block.tag.close) ? this.#read(this.#takeBlock()) : ''
  }

  /** Ends the text; returns what was held back. A call without its closing tag counts as a call. */
  end(): string {
    let text = ''
    while (this.#block !== undefined) {
      const { open } = this.#block.tag
      const block = this.#takeBlock()
      const start = block.indexOf(open)
      if (this.#addCall(block.slice(start + open.length))) return text
      // Not a call: its tag is text, and another call may follow it.
      text += this.#emit(block.slice(0, start + 1)) + this.#read(block.slice(start + 1))
    }
    return text + this.#emit(this.#isAfterCall ? this.#held.trimStart() : this.#held)
  }

  #takeBlock(): string {
    const text = this.#block!.parts.join('')
    this.#block = undefined
    return text
  }

  #read(input: string): string {
    let text = ''
    let rest = input
    this.#held = ''
    for (;;) {
      if (this.#isAfterCall) rest = rest.trimStart()
      const [start, tag] = findFirstTag(rest)
      const before = rest.slice(0, start).trimEnd()
      if (tag === undefined) return text + this.#emit(this.#holdBack(rest))
      const contentStart = start + tag.open.length
      const end = rest.indexOf(tag.close, contentStart)
      if (end === -1) {
        this.#block = { tag, parts: [rest.slice(before.length)], tail: rest.slice(-tag.close.length) }
        return text + this.#emit(before)
      }
      const isCall = this.#addCall(rest.slice(contentStart, end))
      text += this.#emit(isCall ? before : rest.slice(0, start + 1))
      if (isCall && !this.#isAfterCall) {
        this.#gap = this.#hasText || text !== '' ? rest.slice(before.length, start) : ''
      }
      rest = rest.slice(isCall ? end + tag.close.length : start + 1)
      this.#isAfterCall = isCall
    }
  }

  /** Returns text to emit, separated from the text before a removed call. */
  #emit(text: string): string {
    if (text === '' || !this.#isAfterCall) return text
    this.#isAfterCall = false
    return this.#gap + text
  }

  /** Holds back the end of a text that may be the beginning of a block; returns the rest. */
  #holdBack(text: string): string {
    const tagLength = Math.max(...TAGS.map(({ open }) => overlap(text, open)))
    const emitted = text.slice(0, text.length - tagLength).trimEnd()
    if (text.length - emitted.length > MAX_HELD_WHITESPACE) return text
    this.#held = text.slice(emitted.length)
    return emitted
  }

  /** Adds the call in a block; returns false if the content is not a call of one of the tools. */
  #addCall(content: string): boolean {
    const value = parseJSON(content)
    if (!isObject(value) || typeof value['name'] !== 'string') return false
    const tool = findTool(this.#tools, value['name'])
    if (tool === undefined) return false
    const args = value['arguments'] ?? value['parameters'] ?? {}
    const rawArguments = typeof args === 'string' ? args.trim() || '{}' : JSON.stringify(args)
    const id = `call_${this.toolCalls.length + 1}`
    this.toolCalls.push({ id, name: tool.name, arguments: parseJSON(rawArguments), rawArguments })
    return true
  }
}

function findFirstTag(text: string): [start: number, tag: Tag | undefined] {
  let first: [number, Tag | undefined] = [text.length, undefined]
  for (const tag of TAGS) {
    const start = text.indexOf(tag.open)
    if (start >= 0 && start < first[0]) first = [start, tag]
  }
  return first
}
