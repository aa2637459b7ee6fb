import { UnsupportedFunctionalityError } from '@ai-sdk/provider'
import { InvalidRequestError } from '../errors/errors.js'
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
 * @throws `UnsupportedFunctionalityError`: LM Studio does not accept such a file
 * @throws {@link InvalidRequestError} a text file is not base64
 */
export function toContentPart(file: FilePart): ContentPart {
  const part = tryContentPart(file)
  if (part !== undefined) return part
  if (typeof file.data === 'string' && isText(file.mediaType)) {
    throw new InvalidRequestError(`A file of type ${file.mediaType} is not base64.`, {
      hint: 'Pass its bytes, base64 or a data URL, or put the text into a text part.',
    })
  }
  const functionality = `files of type ${file.mediaType}`
  throw new UnsupportedFunctionalityError({
    functionality,
    message: `LM Studio does not accept ${functionality}. Pass an image or text.`,
  })
}

/** The same, but `undefined` for a file that LM Studio does not accept. */
export function tryContentPart({ data, mediaType }: FilePart): ContentPart | undefined {
  const type = mediaType.toLowerCase()
  if (isObject(data) && data['type'] === 'text') return { type: 'text', text: String(data['text']) }
  const isReadable = typeof data === 'string' || data instanceof Uint8Array || data instanceof URL
  if (!isReadable) return undefined
  if (/^image(\/|$)/.test(type)) return { type: 'image', image: toImage(data, type) }
  if (!isText(type) || data instanceof URL) return undefined
  const bytes = typeof data === 'string' ? toBytes(data) : data
  return bytes === undefined ? undefined : { type: 'text', text: new TextDecoder().decode(bytes) }
}

const isText = (mediaType: string): boolean =>
  /^text(\/|$)|^application\/([\w.+-]+\+)?json$/.test(mediaType.toLowerCase())

function toImage(data: string | Uint8Array | URL, type: string): string | Uint8Array {
  if (data instanceof Uint8Array) return data
  // A URL that is not a data URL is refused when the request is checked: the AI SDK has downloaded the others.
  if (data instanceof URL || data.startsWith('data:')) return String(data)
  // The type of an image whose type is not known exactly is read from its bytes.
  return `data:${/^image\/[\w.+-]+$/.test(type) ? type : 'image/unknown'};base64,${toStandard(data)}`
}

/** The AI SDK also accepts base64 for URLs. */
const toStandard = (base64: string): string => base64.replaceAll('-', '+').replaceAll('_', '/')

function toBytes(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(toStandard(base64)), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}
