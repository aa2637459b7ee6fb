import { UnsupportedFunctionalityError } from '@ai-sdk/provider'
import type { ContentPart } from '../types.js'
import { isObject } from '../utils/json.js'

/** A file of a prompt, in the shapes of both specifications. */
export interface FilePart {
  /** Bytes, base64, a URL, or a variant of `ai` 7 such as `{ type: 'text', text }`. */
  readonly data: unknown
  /** `type/subtype`, `type/*` or only `type`. */
  readonly mediaType: string
}

/**
 * Maps a file to a part of a message: an image, or the text of a text file.
 *
 * @throws `UnsupportedFunctionalityError`: LM Studio takes no other files
 */
export function toContentPart(file: FilePart): ContentPart {
  const part = tryContentPart(file)
  if (part !== undefined) return part
  const functionality = `files of type ${file.mediaType}`
  throw new UnsupportedFunctionalityError({
    functionality,
    message: `LM Studio does not accept ${functionality}. Pass an image or text.`,
  })
}

/** The same, but `undefined` for a file that LM Studio does not take. */
export function tryContentPart({ data, mediaType }: FilePart): ContentPart | undefined {
  const type = mediaType.toLowerCase()
  if (isObject(data) && data['type'] === 'text') return { type: 'text', text: String(data['text']) }
  const isReadable = typeof data === 'string' || data instanceof Uint8Array || data instanceof URL
  if (!isReadable) return undefined
  if (/^image(\/|$)/.test(type)) return { type: 'image', image: toImage(data, type) }
  if (!/^text(\/|$)|^application\/([\w.+-]+\+)?json$/.test(type) || data instanceof URL) return undefined
  return { type: 'text', text: new TextDecoder().decode(typeof data === 'string' ? toBytes(data) : data) }
}

function toImage(data: string | Uint8Array | URL, type: string): string | Uint8Array {
  if (data instanceof Uint8Array) return data
  // A URL that is not a data URL is refused when the request is checked: the AI SDK has downloaded the others.
  if (data instanceof URL || data.startsWith('data:')) return String(data)
  // The type of an image whose type is not known exactly is read from its bytes.
  return `data:${/^image\/[\w.+-]+$/.test(type) ? type : 'image/unknown'};base64,${data}`
}

const toBytes = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
