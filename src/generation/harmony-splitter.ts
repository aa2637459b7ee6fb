/** How a text in the harmony format of gpt-oss begins: the prompt may end before its first mark, or with it. */
export const HARMONY_OPENINGS = ['<|channel|>', '<|start|>assistant']

// A longer header is not a header.
const MAX_HEADER_LENGTH = 256

/**
 * Separates the channels of the harmony format, which some servers leave in the text:
 * `<|channel|>analysis<|message|>…<|end|><|start|>assistant<|channel|>final<|message|>…`. The channel `analysis` is
 * reasoning. A message to a tool stays in the text as it is.
 */
export class HarmonySplitter {
  #held = ''
  /** The text between two messages; `undefined` within a message. */
  #header: string | undefined
  #isReasoning = false
  #isToolCall = false

  push(delta: string): { text: string; reasoning: string } {
    const input = this.#held + delta
    const marks = /<\|(start|channel|constrain|message|end|return|call)\|>/g
    const split = { text: '', reasoning: '' }
    let position = 0
    for (let mark = marks.exec(input); mark !== null; mark = marks.exec(input)) {
      this.#add(input.slice(position, mark.index), split)
      this.#mark(mark[1]!, split)
      position = marks.lastIndex
    }
    // Hold back what may be the beginning of a mark.
    const rest = input.slice(position)
    const end = rest.search(/<(\|[a-z]{0,9}\|?)?$/)
    this.#held = end < 0 ? '' : rest.slice(end)
    this.#add(end < 0 ? rest : rest.slice(0, end), split)
    return split
  }

  /** Returns what was held back and is not part of a header. */
  end(): string {
    return this.#header === undefined && !this.#isReasoning ? this.#held : ''
  }

  #add(text: string, split: { text: string; reasoning: string }): void {
    if (this.#header === undefined) {
      split[this.#isReasoning ? 'reasoning' : 'text'] += text
      return
    }
    this.#header += text
    // Too long for a header, so it is text.
    if (this.#header.length <= MAX_HEADER_LENGTH) return
    split.text += this.#header
    this.#header = undefined
    this.#isReasoning = false
  }

  #mark(name: string, split: { text: string }): void {
    if (name === 'message') {
      const header = this.#header ?? ''
      this.#isToolCall = /\bto=/.test(header)
      this.#isReasoning = !this.#isToolCall && header.trim().startsWith('analysis')
      const mark = header.startsWith('assistant') ? 'start' : 'channel'
      if (this.#isToolCall) split.text += `<|${mark}|>${header}<|message|>`
      this.#header = undefined
    } else if (
      this.#header !== undefined &&
      (name === 'constrain' || (name === 'channel' && / to=/.test(this.#header)))
    ) {
      // The name of a tool can stand in front of the channel.
      this.#header += `<|${name}|>`
    } else {
      if (this.#isToolCall && name === 'call') split.text += '<|call|>'
      this.#isToolCall = false
      this.#header = ''
    }
  }
}
