import type { ImagePart } from '../types.js'
import { imageSize, imageType, toBase64 } from '../utils/image.js'
import { invalidRequest } from '../validation/validate.js'

// Windows builds of LM Studio refuse more (wire reference 9.5): 5120 squared.
const MAX_PIXELS = 26_214_400

/** The image as the data URL that goes on the wire: PNG or JPEG, converted and shrunk where the runtime can. */
export async function toImageURL(image: ImagePart['image'], path: readonly (string | number)[]): Promise<string> {
  const canDraw = typeof createImageBitmap === 'function' && typeof OffscreenCanvas === 'function'
  const isPlain = typeof image === 'string' && /^data:image\/(png|jpe?g);/.test(image)
  // Without a canvas nothing can be made of a look inside.
  if (isPlain && !canDraw) return image
  const bytes = await toBytes(image, path)
  const type = imageType(bytes)
  const isKnown = type === 'image/png' || type === 'image/jpeg'
  const size = imageSize(bytes)
  const isSmall = size === undefined || size.width * size.height <= MAX_PIXELS
  if (isKnown && (isSmall || !canDraw)) return isPlain ? image : `data:${type};base64,${toBase64(bytes)}`
  if (!canDraw) throw refusal(path, `is ${type ?? 'of an unknown format'}, which LM Studio does not take`)
  return redraw(bytes, path)
}

const refusal = (path: readonly (string | number)[], message: string) =>
  invalidRequest([{ path, message }], 'Give a PNG or JPEG; in a browser other formats are converted by themselves.')

async function toBytes(image: ImagePart['image'], path: readonly (string | number)[]): Promise<Uint8Array> {
  // Copies: the owner of the bytes may write over them before they are sent.
  if (image instanceof Uint8Array) return new Uint8Array(image)
  if (image instanceof ArrayBuffer) return new Uint8Array(image.slice(0))
  if (typeof image !== 'string') return new Uint8Array(await image.arrayBuffer())
  try {
    return Uint8Array.from(atob(image.slice(image.indexOf(',') + 1)), (character) => character.charCodeAt(0))
  } catch {
    throw refusal(path, 'is not base64')
  }
}

async function redraw(bytes: Uint8Array, path: readonly (string | number)[]): Promise<string> {
  const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>])).catch(() => {
    throw refusal(path, 'is no image this browser can read')
  })
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (bitmap.width * bitmap.height)))
  const canvas = new OffscreenCanvas(Math.floor(bitmap.width * scale), Math.floor(bitmap.height * scale))
  canvas.getContext('2d')!.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  const png = await canvas.convertToBlob({ type: 'image/png' })
  return `data:image/png;base64,${toBase64(new Uint8Array(await png.arrayBuffer()))}`
}
