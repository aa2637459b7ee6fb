import { overlap } from '../generation/think-tag-splitter.js'
import type { CompletionEvent } from '../generation/types.js'
import type { ToolCall } from '../types.js'
import { parseJSON } from '../utils/json.js'
import { once } from '../utils/once.js'
import { CodeTracker } from './code-tracker.js'
import { type ReadCalls, type TextCall, type TextCallFormat, TRAILERS, textCallFormats } from './text-call-formats.js'
import type { Tool } from './types.js'

// Whitespace before a call is removed with it, so it is held back until the next text. Beyond this many characters it is
// emitted: a model that repeats line breaks must not stall the stream.
const MAX_HELD_WHITESPACE = 256

/** What a parser of a round needs. */
export interface TextCallContext {
  readonly tools: readonly Tool[]
  /** Returns an id that no other call of the conversation has. */
  readonly nextId: () => string
}

/**
 * Moves tool calls that a model wrote as text into the tool calls of its response, unless the response has tool calls
 * already. Their text is removed in either case.
 */
export async function* withTextToolCalls(
  events: AsyncIterable<CompletionEvent>,
  context: TextCallContext,
): AsyncGenerator<CompletionEvent> {
  const parser = new TextToolCallParser(context)
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
 * Only text that may belong to a call is held back. What is not a call of one of the tools stays in the text, and so does
 * everything inside Markdown code. Takes linear time.
 */
export class TextToolCallParser {
  readonly toolCalls: ToolCall[] = []
  readonly #context: TextCallContext
  /** The end of the text so far, if it may be the beginning of an opening mark, with the whitespace before it. */
  #held = ''
  /** A text that begins with whitespace and an opening mark, while its closing mark is missing. */
  #block: Block | undefined
  /** Whether a call has just ended: the whitespace after it is dropped. */
  #isAfterCall = false
  /** Whitespace before the call that has just ended. It separates the text around the call, if more text follows. */
  #gap = ''
  #hasText = false
  readonly #code = new CodeTracker()

  constructor(context: TextCallContext) {
    this.#context = context
  }

  /** Adds a delta; returns the text, earlier or new, that is now known not to belong to a call. */
  push(delta: string): string {
    const text = this.#pushDelta(delta)
    this.#hasText ||= text !== ''
    return text
  }

  #pushDelta(delta: string): string {
    const block = this.#block
    if (block === undefined) return this.#read(this.#held + delta, { tracked: 0, isEnd: false })
    // The parts are joined once at the end, which keeps long arguments linear.
    block.parts.push(delta)
    if (block.close === undefined) return ''
    const recent = block.tail + delta
    block.tail = recent.slice(-block.close.length)
    return recent.includes(block.close) ? this.#readBlock(false) : ''
  }

  /** Ends the text; returns what was held back. A call without its closing mark counts as a call. */
  end(): string {
    if (this.#block !== undefined) return this.#readBlock(true)
    return this.#read(this.#held, { tracked: 0, isEnd: true })
  }

  #readBlock(isEnd: boolean): string {
    const { parts, tracked } = this.#block!
    this.#block = undefined
    return this.#read(parts.join(''), { tracked, isEnd })
  }

  /**
   * Reads a text that follows everything that was read before.
   *
   * @param tracked - how many of its characters the code tracker has seen
   * @param isEnd - whether no more text follows
   */
  #read(input: string, { tracked, isEnd }: { tracked: number; isEnd: boolean }): string {
    const marks = new MarkFinder(input)
    let text = ''
    this.#held = ''
    let at = 0
    let from = 0
    const track = (end: number): void => {
      if (end > tracked) this.#code.push(input.slice(tracked, end))
      tracked = Math.max(tracked, end)
    }
    for (;;) {
      if (this.#isAfterCall && from === at) {
        from = at = skipTrailers(input, at)
        track(at)
      }
      const mark = marks.next(from)
      if (mark === undefined) {
        const emitted = isEnd ? input.length : at + this.#holdBack(input.slice(at))
        track(emitted)
        return text + this.#emit(input.slice(at, emitted))
      }
      const { start, format } = mark
      const contentStart = start + format.open.length
      track(start)
      const end = this.#code.isInCode ? undefined : marks.closeOf(format, contentStart)
      const beforeEnd = at + input.slice(at, start).trimEnd().length
      if (end === -1 && !isEnd) {
        const { close } = format
        this.#block = {
          close,
          parts: [input.slice(beforeEnd)],
          tail: input.slice(-(close?.length ?? 0)),
          tracked: start - beforeEnd,
        }
        return text + this.#emit(input.slice(at, beforeEnd))
      }
      const found = end === undefined ? undefined : this.#readCalls(input, mark, end)
      if (found === undefined) {
        from = start + 1
        continue
      }
      const wasAfterCall = this.#isAfterCall
      text += this.#emit(input.slice(at, beforeEnd))
      if (!wasAfterCall || beforeEnd > at) {
        this.#gap = this.#hasText || text !== '' ? input.slice(beforeEnd, start) : ''
      }
      for (const call of found.calls) this.#addCall(call)
      this.#isAfterCall = true
      from = at = end === -1 ? contentStart + found.length : end! + format.close!.length
      tracked = Math.max(tracked, at)
    }
  }

  /** Reads the calls between the marks, or to the end of the text where the closing mark is missing. */
  #readCalls(input: string, { start, format }: Mark, end: number): ReadCalls | undefined {
    const contentStart = start + format.open.length
    const content = input.slice(contentStart, end === -1 ? undefined : end)
    if (!mayBeCall(content, format)) return undefined
    const found = format.read(content, this.#context.tools, end !== -1)
    if (found === undefined || end === -1) return found
    return content.slice(found.length).trim() === '' ? found : undefined
  }

  /** Returns text to emit, separated from the text before a removed call. */
  #emit(text: string): string {
    if (text === '' || !this.#isAfterCall) return text
    this.#isAfterCall = false
    return this.#gap + text
  }

  /** Holds back the end of a text that may be the beginning of a call; returns the length of the rest. */
  #holdBack(text: string): number {
    const markLength = Math.max(...textCallFormats().map(({ open }) => overlap(text, open)))
    const isTrailer = this.#isAfterCall && TRAILERS.some((trailer) => trailer.startsWith(text))
    const emitted = isTrailer ? '' : text.slice(0, text.length - markLength).trimEnd()
    if (text.length - emitted.length > MAX_HELD_WHITESPACE) return text.length
    this.#held = text.slice(emitted.length)
    return emitted.length
  }

  #addCall({ tool, args }: TextCall): void {
    const rawArguments = typeof args === 'string' ? args.trim() || '{}' : JSON.stringify(args)
    const id = this.#context.nextId()
    this.toolCalls.push({ id, name: tool.name, arguments: parseJSON(rawArguments), rawArguments })
  }
}

/** A text that may be a call, while it arrives. */
interface Block {
  readonly close: string | undefined
  readonly parts: string[]
  /** The end of the last part, long enough to detect a closing mark that spans two deltas. */
  tail: string
  /** How many characters the code tracker has seen. */
  readonly tracked: number
}

/** An opening mark in a text. */
interface Mark {
  readonly start: number
  readonly format: TextCallFormat
}

/** Finds marks in a text, from left to right. Each position is searched once per kind of mark. */
class MarkFinder {
  readonly #text: string
  readonly #closes = new Map<string, number>()

  constructor(text: string) {
    this.#text = text
  }

  /** Returns the first opening mark at or after a position. */
  next(from: number): Mark | undefined {
    const pattern = openPattern()
    pattern.lastIndex = from
    const match = pattern.exec(this.#text)
    if (match === null) return undefined
    return { start: match.index, format: textCallFormats().find(({ open }) => open === match[0])! }
  }

  /** Returns the position of the closing mark after a position; -1 if there is none. Positions must not decrease. */
  closeOf({ close }: TextCallFormat, from: number): number {
    if (close === undefined) return -1
    const known = this.#closes.get(close)
    if (known !== undefined && (known === -1 || known >= from)) return known
    const position = this.#text.indexOf(close, from)
    this.#closes.set(close, position)
    return position
  }
}

const openPattern = /* @__PURE__ */ once(
  () =>
    new RegExp(
      textCallFormats()
        .map(({ open }) => open.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
        .join('|'),
      'g',
    ),
)

/**
 * Whether a content can be a call. One between two marks that contains its opening mark again cannot, unless it is JSON:
 * readers that search for a closing tag would otherwise search the rest of the text after every mark.
 */
function mayBeCall(content: string, { open, close }: TextCallFormat): boolean {
  return close === undefined || /^\s*[[{]/.test(content) || !content.includes(open)
}

/** Returns the position after whitespace and the marks that may follow a call. */
function skipTrailers(text: string, start: number): number {
  let at = start
  for (;;) {
    at = text.length - text.slice(at).trimStart().length
    const trailer = TRAILERS.find((one) => text.startsWith(one, at))
    if (trailer === undefined) return at
    at += trailer.length
  }
}
