import { overlap } from '../generation/think-tag-splitter.js'
import type { ToolCall } from '../types.js'
import { isObject, parseJSON } from '../utils/json.js'
import { findTool } from './find-tool.js'
import type { Tool } from './types.js'

const MARKS = [
  { open: '[TOOL_REQUEST]', close: '[END_TOOL_REQUEST]' },
  { open: '<tool_call>', close: '</tool_call>' },
] as const

type Mark = (typeof MARKS)[number]

// White space before a mark goes with it; a model that repeats line ends must not be held back for ever.
const MAX_BLANK = 256

/**
 * Takes calls out of text in which they leaked (wire reference 9.4), however the text is cut. Only as much is held back
 * as may belong to a call; what looks like one and names none of the tools stays text.
 */
export class TextToolCallParser {
  readonly calls: ToolCall[] = []
  readonly #tools: readonly Tool[]
  /** Text that may be the beginning of a mark, and the white space before it. */
  #held = ''
  /** The block that has begun: its mark, its text, and the last of it, in which the end mark may have begun. */
  #block: { readonly mark: Mark; readonly parts: string[]; tail: string } | undefined
  /** The white space after a call goes with it. */
  #isAfterCall = false
  /** The white space before a call, which parts the words around it when more text comes. */
  #gap = ''
  #hasText = false

  constructor(tools: readonly Tool[]) {
    this.#tools = tools
  }

  /** Takes a piece of text; returns what of it, and of what was held back, is text. */
  push(piece: string): string {
    const text = this.#push(piece)
    this.#hasText ||= text !== ''
    return text
  }

  #push(piece: string): string {
    const block = this.#block
    if (block === undefined) return this.#read(this.#held + piece)
    // Joined only once, since arguments may be long.
    block.parts.push(piece)
    const seen = block.tail + piece
    block.tail = seen.slice(-block.mark.close.length)
    return seen.includes(block.mark.close) ? this.#read(this.#join()) : ''
  }

  /** What was held back, when no more comes. A call without its end mark counts. */
  end(): string {
    let text = ''
    while (this.#block !== undefined) {
      const { open } = this.#block.mark
      const whole = this.#join()
      const at = whole.indexOf(open)
      if (this.#take(whole.slice(at + open.length))) return text
      text += this.#give(whole.slice(0, at + 1)) + this.#read(whole.slice(at + 1))
    }
    return text + this.#give(this.#isAfterCall ? this.#held.trimStart() : this.#held)
  }

  #join(): string {
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
      const [at, mark] = firstMark(rest)
      const before = rest.slice(0, at).trimEnd()
      if (mark === undefined) {
        return text + this.#give(this.#hold(rest))
      }
      const inner = at + mark.open.length
      const end = rest.indexOf(mark.close, inner)
      if (end === -1) {
        this.#block = { mark, parts: [rest.slice(before.length)], tail: rest.slice(-mark.close.length) }
        return text + this.#give(before)
      }
      const isCall = this.#take(rest.slice(inner, end))
      text += this.#give(isCall ? before : rest.slice(0, at + 1))
      if (isCall && !this.#isAfterCall) this.#gap = this.#hasText || text !== '' ? rest.slice(before.length, at) : ''
      rest = rest.slice(isCall ? end + mark.close.length : at + 1)
      this.#isAfterCall = isCall
    }
  }

  /** Text that is sure; the first after a call is parted from what was before it. */
  #give(text: string): string {
    if (text === '' || !this.#isAfterCall) return text
    this.#isAfterCall = false
    return this.#gap + text
  }

  /** Holds back the end of a text that may be the beginning of a block; returns the rest. */
  #hold(text: string): string {
    const sure = text.slice(0, text.length - Math.max(...MARKS.map(({ open }) => overlap(text, open)))).trimEnd()
    if (text.length - sure.length > MAX_BLANK) return text
    this.#held = text.slice(sure.length)
    return sure
  }

  /** Whether this is a call of one of the tools; then it is among the calls. */
  #take(content: string): boolean {
    const value = parseJSON(content)
    if (!isObject(value) || typeof value['name'] !== 'string') return false
    const tool = findTool(this.#tools, value['name'])
    if (tool === undefined) return false
    const given = value['arguments'] ?? value['parameters'] ?? {}
    const rawArguments = typeof given === 'string' ? given.trim() || '{}' : JSON.stringify(given)
    const id = `call_${this.calls.length + 1}`
    this.calls.push({ id, name: tool.name, arguments: parseJSON(rawArguments), rawArguments })
    return true
  }
}

function firstMark(text: string): [at: number, mark: Mark | undefined] {
  let first: [number, Mark | undefined] = [text.length, undefined]
  for (const mark of MARKS) {
    const at = text.indexOf(mark.open)
    if (at >= 0 && at < first[0]) first = [at, mark]
  }
  return first
}
