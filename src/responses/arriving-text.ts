import { TextBuffer } from '../streaming/text-buffer.js'
import { parseJSON } from '../utils/json.js'

/**
 * One text of an item, of which deltas, complete parts and the complete item may each send all or some.
 *
 * @remarks
 * Deltas and complete texts can differ: a server may format the same JSON in two ways. What has been emitted then stays,
 * and nothing is added to it. Parts are distinguished by what has arrived and not by `content_index`: vLLM counts it per
 * delta, or on from the reasoning.
 *
 * Every comparison costs at most the length of what has just arrived.
 */
export class ArrivingText {
  #emitted = new TextBuffer()
  /** What has been emitted since the last complete part. */
  #part = new TextBuffer()
  #endedParts: Set<number> | undefined
  /** The longest complete text that the server sent. */
  #whole = ''
  /** Whether a delta carried nothing that can be read, so that a piece of the text may be missing. */
  #hasGap = false
  /** Whether such a delta carried something of another type, so that a piece is missing for sure. */
  #hasLoss = false

  get isEmpty(): boolean {
    return this.#emitted.length === 0
  }

  /** Whether a piece is missing, and no complete text makes up for it. */
  get isBroken(): boolean {
    return this.#hasLoss && this.#whole === ''
  }

  /** Adds a delta; returns what to emit. */
  addDelta(delta: string): string {
    this.#emitted.append(delta)
    this.#part.append(delta)
    return delta
  }

  /** Passes over a delta that is not a text. */
  skipDelta(delta: unknown): void {
    this.#hasGap = true
    if (delta !== undefined && delta !== null) this.#hasLoss = true
  }

  /** Adds a complete part; returns what of it is still to be emitted. */
  addPart(part: string, index: number): string {
    const isRepeated = this.#part.length === 0 && (this.#endedParts?.has(index) === true || this.#isEmitted(part))
    const rest = (isRepeated ? undefined : this.#part.restOf(part)) ?? this.#rest(part)
    this.addDelta(rest)
    if (this.#emitted.length === this.#part.length) this.#keep(part)
    this.#endedParts = (this.#endedParts ?? new Set()).add(index)
    this.#part = new TextBuffer()
    return rest
  }

  /** Adds the complete text; returns what of it is still to be emitted. */
  addWhole(whole: string): string {
    this.#keep(whole)
    const rest = this.#rest(whole)
    return rest === '' ? '' : this.addDelta(rest)
  }

  /** Corrects what has been emitted of this text: some of it may be that of another item. */
  setEmitted(emitted: string): void {
    this.#emitted = new TextBuffer()
    this.#emitted.append(emitted)
    this.#whole = ''
  }

  /** The text as it was emitted. */
  emitted(): string {
    return this.#emitted.toString()
  }

  /** The text for the response: what was emitted, unless a piece of that is missing and the server sent all of it. */
  result(): string {
    return this.#hasGap && this.#whole !== '' ? this.#whole : this.emitted()
  }

  /** The same for JSON, of which the complete text is also used where what was emitted is not JSON. */
  resultJSON(): string {
    const result = this.result()
    const isBetter = parseJSON(this.#whole) !== undefined && parseJSON(result) === undefined
    return isBetter ? this.#whole : result
  }

  #keep(whole: string): void {
    if (whole.length > this.#whole.length) this.#whole = whole
  }

  #isEmitted(text: string): boolean {
    return text.length === this.#emitted.length && text === this.#emitted.toString()
  }

  #rest(whole: string): string {
    return this.#emitted.restOf(whole) ?? ''
  }
}
