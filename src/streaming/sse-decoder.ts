import { InvalidResponseError } from '../errors/errors.js'

/** Longest line and longest event of a stream, in characters: 16 Mi, which no tool call reaches. */
export const MAX_LINE_LENGTH: number = 16 * 1024 * 1024

const NEWLINE = 10
const SPACE = 32

/**
 * Decodes server-sent events from bytes, one event at a time and on demand.
 *
 * @remarks
 * Follows the WHATWG algorithm (UTF-8 with BOM, CR, LF or CRLF, comments, several `data` lines), with four exceptions for
 * local servers:
 *
 * - An event without its closing blank line counts at the end of the stream.
 * - An event without data is skipped, whatever its name.
 * - A field `error` is an event of that name (llama.cpp).
 * - Lines of bare JSON are kept in {@link SSEDecoder.strayJSON}: some servers announce an event stream and send a whole body.
 *
 * Nothing is decoded before {@link SSEDecoder.next} needs it, and no byte is scanned twice, so the cost is linear however
 * the network cuts the stream.
 */
export class SSEDecoder {
  /** Name of the event that {@link SSEDecoder.next} returned last; empty where it had none. */
  event = ''
  /** What arrived instead of event-stream lines and looks like JSON. */
  strayJSON: string | undefined

  readonly #utf8 = new TextDecoder()
  readonly #maxLength: number
  /** Beginning of a line whose end has not arrived. Only appended to, because reading it would flatten it each time. */
  #tail = ''
  #buffer = ''
  /** Start of the unread part of the buffer. */
  #position = 0
  #endedWithCR = false
  #data: string | undefined
  #name = ''

  constructor(maxLength: number = MAX_LINE_LENGTH) {
    this.#maxLength = maxLength
  }

  /** Adds bytes of the network. */
  push(bytes: Uint8Array): void {
    this.#append(this.#utf8.decode(bytes, { stream: true }))
  }

  /** Ends the input: what is left counts as a last line and a last event. */
  end(): void {
    this.#append(`${this.#utf8.decode()}\n\n`)
  }

  /** Returns the data of the next event, or `undefined` when it needs more bytes. Events without data are skipped. */
  next(): string | undefined {
    for (;;) {
      const buffer = this.#buffer
      const start = this.#position
      const end = buffer.indexOf('\n', start)
      if (end < 0) {
        this.#tail += buffer.slice(start)
        this.#buffer = ''
        this.#position = 0
        return undefined
      }
      this.#position = end + 1
      if (end > start) {
        this.#line(start, end)
        // By far the most common event is one data line and its blank line, which needs no second round.
        if (buffer.charCodeAt(end + 1) !== NEWLINE) continue
        this.#position = end + 2
      }
      const data = this.#data
      this.event = this.#name
      this.#name = ''
      this.#data = undefined
      if (data !== undefined && data !== '') return data
    }
  }

  #line(start: number, end: number): void {
    const buffer = this.#buffer
    if (buffer.startsWith('data:', start)) {
      this.#addData(buffer.slice(this.#valueStart(start + 5), end))
    } else if (buffer.startsWith('event:', start)) {
      this.#name = buffer.slice(this.#valueStart(start + 6), end)
    } else if (buffer.startsWith('error:', start)) {
      // llama.cpp sends a field of this name instead of an event.
      this.#name = 'error'
      this.#addData(buffer.slice(this.#valueStart(start + 6), end))
    } else if (end === start + 4 && buffer.startsWith('data', start)) {
      // A field name alone is a field with an empty value.
      this.#addData('')
    } else if (end === start + 5 && buffer.startsWith('event', start)) {
      this.#name = ''
    } else if (buffer[start] !== ':' && (this.strayJSON !== undefined || /^\s*\{/.test(buffer.slice(start, end)))) {
      const line = buffer.slice(start, end)
      this.strayJSON = this.strayJSON === undefined ? line : `${this.strayJSON}\n${line}`
      if (this.strayJSON.length > this.#maxLength) this.#throwTooLong()
    }
  }

  #addData(value: string): void {
    this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`
    if (this.#data.length > this.#maxLength) this.#throwTooLong()
  }

  /** Skips the one space after the colon that belongs to the syntax. */
  #valueStart(start: number): number {
    return this.#buffer.charCodeAt(start) === SPACE ? start + 1 : start
  }

  #append(text: string): void {
    if (text === '') return
    // An LF that begins a chunk belongs to the CR that ended the one before.
    let clean = this.#endedWithCR && text[0] === '\n' ? text.slice(1) : text
    this.#endedWithCR = text.endsWith('\r')
    if (clean.includes('\r')) clean = clean.replace(/\r\n?/g, '\n')
    if (this.#buffer !== '') {
      this.#buffer = this.#buffer.slice(this.#position) + clean
      this.#position = 0
    } else if (clean.includes('\n')) {
      this.#buffer = this.#tail + clean
      this.#tail = ''
    } else {
      this.#tail += clean
      if (this.#tail.length > this.#maxLength) this.#throwTooLong()
    }
  }

  #throwTooLong(): never {
    throw new InvalidResponseError(`The stream sent a line or an event longer than ${this.#maxLength} characters.`, {
      code: 'line-too-long',
    })
  }
}
