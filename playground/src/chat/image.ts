/** Longest side of an image, in pixels. Models scale images down further anyway. */
export const MAX_SIDE = 2048
export const MAX_IMAGES = 8
const MAX_FILE_BYTES = 50_000_000
const MAX_PNG_BYTES = 3_000_000

/**
 * Converts an image for LM Studio: a data URL with a PNG or JPEG, upright, its longest side at most {@link MAX_SIDE} pixels.
 * Metadata such as the location is removed.
 *
 * @throws Error The file is too large or not a readable image.
 */
export async function prepareImage(file: Blob): Promise<string> {
  const name = file instanceof File && file.name !== '' ? `“${file.name}”` : 'The image'
  if (file.size > MAX_FILE_BYTES) throw new Error(`${name} is larger than 50 MB.`)
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => {
    throw new Error(`This browser cannot read ${name[0]!.toLowerCase()}${name.slice(1)} as an image.`)
  })
  const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height))
  const size = {
    width: Math.max(1, Math.round(bitmap.width * scale)),
    height: Math.max(1, Math.round(bitmap.height * scale)),
  }
  const isPhoto = file.type === 'image/jpeg'
  try {
    const png = isPhoto ? undefined : await draw(bitmap, size, 'image/png')
    return await toDataURL(png === undefined || png.size > MAX_PNG_BYTES ? await draw(bitmap, size, 'image/jpeg') : png)
  } finally {
    bitmap.close()
  }
}

interface Size {
  readonly width: number
  readonly height: number
}

function draw(bitmap: ImageBitmap, { width, height }: Size, type: string): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')!
  if (type === 'image/jpeg') {
    // JPEG has no transparency. Without this, transparent areas become black.
    context.fillStyle = '#fff'
    context.fillRect(0, 0, width, height)
  }
  context.imageSmoothingQuality = 'high'
  context.drawImage(bitmap, 0, 0, width, height)
  return canvas.convertToBlob({ type, quality: 0.9 })
}

function toDataURL(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.addEventListener('load', () => resolve(reader.result as string))
    reader.addEventListener('error', () => reject(reader.error ?? new Error('The image could not be read.')))
    reader.readAsDataURL(blob)
  })
}
