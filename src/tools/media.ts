import { imageType } from '../utils/image.js'
import { isObject } from '../utils/json.js'

/** Binary data inside the result of a tool. Its place in the text is taken by a note. */
export class Media {
  /** Set once it is known whether the data can be shown. */
  note = ''
  readonly #source: string | Uint8Array | Blob
  readonly #declaredType: string | undefined

  /** @param source - bytes, or their base64 */
  constructor(source: string | Uint8Array | Blob, declaredType?: string) {
    this.#source = source
    this.#declaredType = declaredType || undefined
  }

  /** Returns the bytes and their media type. */
  async read(): Promise<{ readonly bytes: Uint8Array; readonly type: string }> {
    const source = this.#source
    const bytes =
      typeof source === 'string'
        ? fromBase64(source)
        : source instanceof Uint8Array
          ? source
          : new Uint8Array(await source.arrayBuffer())
    return { bytes, type: imageType(bytes) ?? this.#declaredType ?? 'binary data' }
  }

  /** What the text contains instead of the data. */
  toJSON(): string {
    return this.note
  }
}

/** A text with media in it, or with parts that contain media. */
export class MediaText {
  readonly #parts: readonly (string | { toJSON(): string })[]

  constructor(parts: readonly (string | { toJSON(): string })[]) {
    this.#parts = parts
  }

  toJSON(): string {
    return this.#parts.map((part) => (typeof part === 'string' ? part : part.toJSON())).join('')
  }
}

/** Decodes base64 as far as it is valid. */
function fromBase64(text: string): Uint8Array {
  const clean = text
    .replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/[^A-Za-z0-9+/]/g, '')
  // One character beyond a multiple of four encodes nothing, and `atob` would reject it.
  const whole = clean.length % 4 === 1 ? clean.slice(0, -1) : clean
  return Uint8Array.from(atob(whole), (character) => character.charCodeAt(0))
}

/** Returns the media that an object is: bytes in any form, or a Blob. */
export function toMedia(value: object): Media | undefined {
  if (ArrayBuffer.isView(value)) return new Media(copyBytes(value.buffer, value.byteOffset, value.byteLength))
  if (isBuffer(value)) return new Media(copyBytes(value, 0, value.byteLength))
  if (typeof Blob === 'function' && value instanceof Blob) return new Media(value, value.type)
  const { type, data } = value as { readonly type?: unknown; readonly data?: unknown }
  // What `JSON.stringify` makes of a Buffer of Node.
  const isJSONBuffer = type === 'Buffer' && Array.isArray(data) && data.every((byte) => typeof byte === 'number')
  if (isJSONBuffer) return new Media(Uint8Array.from(data as number[]))
  return isJSONBytes(value) ? new Media(Uint8Array.from(Object.values(value))) : undefined
}

const isByte = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255

// A short object with numbers as keys can be anything.
const MIN_JSON_BYTES = 64

/** Whether an object is what `JSON.stringify` makes of a `Uint8Array`: `{ "0": 137, "1": 80, … }`. */
function isJSONBytes(value: object): value is Readonly<Record<string, number>> {
  if (!('0' in value) || Array.isArray(value)) return false
  const entries = Object.entries(value as Readonly<Record<string, unknown>>)
  return (
    entries.length >= MIN_JSON_BYTES && entries.every(([key, byte], index) => key === String(index) && isByte(byte))
  )
}

const isBuffer = (value: object): value is ArrayBuffer =>
  value instanceof ArrayBuffer || (typeof SharedArrayBuffer === 'function' && value instanceof SharedArrayBuffer)

// Copies, because the tool may overwrite the bytes before they are sent.
const copyBytes = (buffer: ArrayBufferLike, start: number, length: number): Uint8Array =>
  new Uint8Array(new Uint8Array(buffer, start, length))

const TYPE_KEYS = ['mimeType', 'mime_type', 'mediaType', 'media_type', 'contentType', 'content_type', 'format']
const DATA_KEYS = ['data', 'base64', 'bytes', 'image', 'content', 'body']
/** Keys under which a string is always base64: MCP's resources, and images of OpenAI. */
const BASE64_KEYS: readonly string[] = ['blob', 'b64_json']

const BINARY_TYPE = /^(?!text\/|application\/(?:[\w.+-]+\+)?(?:json|xml|yaml))[\w.+-]+\/[\w.+-]+/i
const BINARY_FORMAT = /^(?:wav|mp3|mp4|m4a|aac|ogg|opus|flac|pcm\w*|png|jpe?g|gif|webp|avif|bmp|pdf)$/i
const BASE64 = /^[A-Za-z0-9+/_-][A-Za-z0-9+/_\-\r\n]*={0,2}\s*$/

/**
 * Returns which member of an object holds base64, and the declared type: `{ mimeType, data }` of MCP, Gemini, Anthropic
 * and others.
 */
export function findBase64Member(value: Record<string, unknown>): { key: string; type?: string } | undefined {
  const isBase64 = (key: string): boolean => typeof value[key] === 'string' && BASE64.test(value[key])
  const type = TYPE_KEYS.map((key) => value[key]).find(
    (declared): declared is string =>
      typeof declared === 'string' && (BINARY_TYPE.test(declared) || BINARY_FORMAT.test(declared)),
  )
  const isMediaPart = value['type'] === 'image' || value['type'] === 'audio'
  const key = BASE64_KEYS.find(isBase64) ?? (type !== undefined || isMediaPart ? DATA_KEYS.find(isBase64) : undefined)
  if (key === undefined) return undefined
  return type === undefined ? { key } : { key, type }
}

// The beginnings of PNG, JPEG, GIF, RIFF (WebP, WAV), AVIF and MP4, PDF, ZIP, gzip, MP3, Ogg and FLAC files.
const FILE_START = /^(?:iVBORw0KGgo|\/9j\/|R0lGOD|UklGR|AAAA..Z0eXB|JVBERi0|UEsDB|H4sI|SUQz|T2dnUw|ZkxhQ)/
/** Length from which base64 that begins like a file is taken for the file. */
const MIN_FILE = 64
/** Length from which a run of characters that looks like base64 is taken for it. Words, hashes and keys are shorter. */
const MIN_RUN = 512
const DATA_URL = /data:([a-z]+\/[\w.+-]+)(?:;[\w.+=-]+){0,5};base64,((?:[\w+/=-]|%[0-9a-f]{2})*)/gi
const RUN = /[A-Za-z0-9+/]{512,}={0,2}/g

const looksRandom = (text: string): boolean =>
  [/[A-Z]/, /[a-z]/, /\d/, /[+/]/].every((characters) => characters.test(text))

/** Splits a text at data URLs and long base64; `undefined` if the text has none. */
export function findMediaInText(text: string): readonly (string | Media)[] | undefined {
  if (text.length < MIN_FILE && !/data:/i.test(text)) return undefined
  if (isBase64File(text)) return [new Media(text)]
  const parts: (string | Media)[] = []
  let end = 0
  const add = (start: number, length: number, media: Media): void => {
    parts.push(text.slice(end, start), media)
    end = start + length
  }
  const found = [...text.matchAll(DATA_URL), ...(text.length < MIN_RUN ? [] : text.matchAll(RUN))]
  for (const { 0: match, 1: type, 2: data, index } of found.sort((a, b) => a.index - b.index)) {
    if (index < end) continue
    if (data !== undefined) add(index, match.length, new Media(data, type))
    else if (FILE_START.test(match) || looksRandom(match)) add(index, match.length, new Media(match))
  }
  return parts.length === 0 ? undefined : [...parts, text.slice(end)]
}

/** Whether a whole text is the base64 of a file, perhaps in lines of equal length. */
function isBase64File(text: string): boolean {
  if (text.length < MIN_FILE || !BASE64.test(text)) return false
  if (FILE_START.test(text)) return true
  const lines = text.trimEnd().split(/\r?\n/)
  const isWrapped =
    lines.length > 1 && lines.slice(0, -1).every(({ length }) => length >= 60 && length === lines[0]!.length)
  return isWrapped && text.length >= MIN_RUN && looksRandom(text)
}

/** Describes binary data: `image/png, 12 kB`. */
export function describeMedia(type: string, size: number): string {
  return `${type}, ${size < 1000 ? `${size} bytes` : `${Math.round(size / 1000)} kB`}`
}

/** Whether a value is a list of content parts, as MCP servers and chat APIs return them. */
export const isContentParts = (value: unknown): value is readonly Record<string, unknown>[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every(
    (part) => isObject(part) && (part['type'] === 'text' ? typeof part['text'] === 'string' : isPartType(part)),
  )

const PART_TYPES = /^(?:image|audio|resource|resource_link|image_url|input_image|input_audio|media|file)$/
const isPartType = ({ type }: Record<string, unknown>): boolean => typeof type === 'string' && PART_TYPES.test(type)
