import { isError } from '../utils/is-error.js'
import { isObject } from '../utils/json.js'
import { Media, MediaText, findBase64Member, findMediaInText, isContentParts, toMedia } from './media.js'

/** The return value of a tool, as the model receives it. */
export interface ResultContent {
  /** The images and other binary data in it, which have notes in the text. */
  readonly media: readonly Media[]
  /** Whether the result is marked as an error, as MCP servers do. */
  readonly isError: boolean
  /** Returns the text. Call this when the notes of the media are set. */
  toText(): string
}

/**
 * Reads the return value of a tool. Binary data never becomes text: notes take its place.
 *
 * @throws TypeError the value has no JSON form: it is a function or a symbol, it throws when it is read, or it is or
 * contains an object that JSON would turn into `{}` (a `Response`, a promise)
 */
export function readResult(value: unknown): ResultContent {
  if (value === undefined) return { media: [], isError: false, toText: () => 'Done. The tool returned nothing.' }
  const reader = new ResultReader()
  try {
    const isError = isObject(value) && value['isError'] === true && 'content' in value
    const text = isError ? reader.readError(value) : reader.readTop(value)
    if (text !== undefined) return { media: reader.media, isError, toText: () => toText(text) }
  } catch (cause) {
    throw new TypeError(`The tool result cannot be serialized: ${(cause as Error).message.split('\n')[0]}`, { cause })
  }
  throw new TypeError(`The tool result cannot be serialized: it is a ${typeof value}.`)
}

// A text is sent unchanged, anything else as JSON.
const toText = (plain: unknown): string => {
  if (typeof plain === 'string') return plain
  return plain instanceof MediaText || plain instanceof Media ? plain.toJSON() : JSON.stringify(plain)
}

const BOXED = /^\[object (?:String|Number|Boolean)\]$/

/** Turns a value into one that JSON can express, with {@link Media} in place of binary data. */
class ResultReader {
  readonly media: Media[] = []
  /** The objects around the current one: an object inside itself is circular. */
  readonly #ancestors = new Set<object>()

  readTop(value: unknown): unknown {
    if (isContentParts(value)) return this.#readParts(value)
    if (isObject(value) && isContentParts(value['content'])) return this.#readParts(value['content'])
    const isStructured = isObject(value) && Array.isArray(value['content']) && value['content'].length === 0
    if (isStructured && value['structuredContent'] !== undefined) return this.#read(value['structuredContent'])
    return this.#read(value)
  }

  /** The text of a result with `isError`. */
  readError(value: Record<string, unknown>): unknown {
    const { content } = value
    if (Array.isArray(content) && content.length === 0) return 'the tool reported an error.'
    return typeof content === 'string' ? this.#read(content) : this.readTop(value)
  }

  #add(media: Media): Media {
    this.media.push(media)
    return media
  }

  #readParts(parts: readonly Record<string, unknown>[]): MediaText {
    return new MediaText(
      parts.flatMap((part, index) => {
        const plain = this.#readPart(part)
        return [index === 0 ? '' : '\n', { toJSON: () => toText(plain) }]
      }),
    )
  }

  /** One content part: its text, only the note of what it shows, or its JSON. */
  #readPart(part: Record<string, unknown>): unknown {
    const count = this.media.length
    const { type, text, resource } = part
    if (type === 'text') return this.#read(text)
    if (isObject(resource) && typeof resource['text'] === 'string') return this.#read(resource['text'])
    const plain = this.#read(part)
    return this.media.length === count + 1 ? this.media[count] : plain
  }

  #read(value: unknown): unknown {
    if (typeof value === 'string') return this.#readText(value)
    if (typeof value === 'bigint') return String(value)
    if (typeof value === 'function' || typeof value === 'symbol') return undefined
    if (typeof value !== 'object' || value === null) return value
    const media = toMedia(value)
    if (media !== undefined) return this.#add(media)
    if (this.#ancestors.has(value)) return '[circular]'
    this.#ancestors.add(value)
    const plain = this.#readObject(value)
    this.#ancestors.delete(value)
    return plain
  }

  #readText(text: string): string | MediaText {
    const parts = findMediaInText(text)
    if (parts === undefined) return text
    for (const part of parts) if (part instanceof Media) this.#add(part)
    return new MediaText(parts)
  }

  #readObject(value: object): unknown {
    const { toJSON } = value as { readonly toJSON?: unknown }
    if (typeof toJSON === 'function') return this.#read((toJSON as (key: string) => unknown).call(value, ''))
    if (Array.isArray(value)) return value.map((item) => this.#read(item))
    if (value instanceof Map) return this.#readMap(value)
    if (value instanceof Set) return Array.from(value, (item) => this.#read(item))
    if (isError(value) || value instanceof RegExp) return this.#read(String(value))
    if (BOXED.test(Object.prototype.toString.call(value))) return this.#read(value.valueOf())
    if (losesContent(value)) {
      // The constructor of a generator has no name.
      const name = value.constructor.name || Object.prototype.toString.call(value).slice(8, -1)
      throw new TypeError(`${name} would become {}`)
    }
    return this.#readMembers(Object.entries(value))
  }

  #readMap(map: ReadonlyMap<unknown, unknown>): unknown {
    const entries = [...map]
    return entries.every((entry): entry is [string, unknown] => typeof entry[0] === 'string')
      ? this.#readMembers(entries)
      : entries.map((entry) => this.#read(entry))
  }

  #readMembers(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
    const base64 = findBase64Member(Object.fromEntries(entries))
    return Object.fromEntries(
      entries.map(([key, member]) => [
        key,
        key === base64?.key ? this.#add(new Media(member as string, base64.type)) : this.#read(member),
      ]),
    )
  }
}

/** Whether JSON would turn an object with content into `{}`, which the model would take for an empty result. */
function losesContent(value: object): boolean {
  if (Object.keys(value).length > 0) return false
  const prototype = Object.getPrototypeOf(value) as object | null
  // Compared by depth, because a plain object of another realm has another Object.prototype.
  return prototype !== null && Object.getPrototypeOf(prototype) !== null
}
