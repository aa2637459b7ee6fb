import type { ImagePart } from '../types.js'
import { imageSize, imageType, toBase64 } from '../utils/image.js'
import { withLimit } from '../utils/limit.js'
import { invalidRequest } from '../validation/validate.js'

// Windows builds of LM Studio reject larger images (docs/http-api.md 9.5): 5120 squared.
const MAX_PIXELS = 26_214_400

type Path = readonly (string | number)[]

/**
 * Returns an image as the data URL that the server accepts: PNG or JPEG, converted and scaled down where the runtime can.
 *
 * @throws {@link InvalidRequestError} the image is in a format that can be neither sent nor converted here
 */
export async function toImageURL(image: ImagePart['image'], path: Path): Promise<string> {
  const canDraw = typeof createImageBitmap === 'function' && typeof OffscreenCanvas === 'function'
  const isReady = typeof image === 'string' && /^data:image\/(png|jpe?g);/.test(image)
  // Without a canvas, looking inside changes nothing.
  if (isReady && !canDraw) return image
  const bytes = await toBytes(image, path)
  const type = imageType(bytes)
  const isSupported = type === 'image/png' || type === 'image/jpeg'
  const size = imageSize(bytes)
  const isSmall = size === undefined || size.width * size.height <= MAX_PIXELS
  if (isSupported && (isSmall || !canDraw)) return isReady ? image : `data:${type};base64,${toBase64(bytes)}`
  if (!canDraw) throw imageError(path, `is ${type ?? 'of an unknown format'}, which LM Studio does not accept`)
  return redraw(bytes, path)
}

const imageError = (path: Path, message: string) =>
  invalidRequest([{ path, message }], 'Pass a PNG or JPEG; in a browser other formats are converted automatically.')

async function toBytes(image: ImagePart['image'], path: Path): Promise<Uint8Array> {
  // Copies, because the owner of the bytes may overwrite them before they are sent.
  if (image instanceof Uint8Array) return new Uint8Array(image)
  if (image instanceof ArrayBuffer) return new Uint8Array(image.slice(0))
  if (typeof image !== 'string') return new Uint8Array(await image.arrayBuffer())
  try {
    return Uint8Array.from(atob(image.slice(image.indexOf(',') + 1)), (character) => character.charCodeAt(0))
  } catch {
    throw imageError(path, 'is not base64')
  }
}

// Large images take about a second. A browser that never finishes must not block the call forever.
const MAX_DRAWING_MS = 30_000

function redraw(bytes: Uint8Array, path: Path): Promise<string> {
  const onExpired = (): never => {
    throw imageError(path, 'cannot be converted: the browser did not finish')
  }
  return withLimit(draw(bytes, path), { ms: MAX_DRAWING_MS, onExpired })
}

async function draw(bytes: Uint8Array, path: Path): Promise<string> {
  const bitmap = await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>])).catch(() => {
    throw imageError(path, 'cannot be decoded by this browser')
  })
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (bitmap.width * bitmap.height)))
  const canvas = new OffscreenCanvas(Math.floor(bitmap.width * scale), Math.floor(bitmap.height * scale))
  canvas.getContext('2d')!.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  const png = await canvas.convertToBlob({ type: 'image/png' })
  return `data:image/png;base64,${toBase64(new Uint8Array(await png.arrayBuffer()))}`
}
