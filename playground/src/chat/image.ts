/** Longest side of an image that is sent, in pixels: models scale further down, and a data URL is a third longer than its image. */
export const MAX_SIDE = 2048
export const MAX_IMAGES = 8
const MAX_FILE_BYTES = 50_000_000
const MAX_PNG_BYTES = 3_000_000

/**
 * An image as LM Studio takes it: PNG or JPEG as a data URL, upright, its longest side at most {@link MAX_SIDE} pixels.
 * What a camera wrote beside the picture (place, time) is left out.
 *
 * @throws Error whose message says what is wrong with the file
 */
export async function prepareImage(file: Blob): Promise<string> {
  const name = file instanceof File && file.name !== '' ? `“${file.name}”` : 'The image'
  if (file.size > MAX_FILE_BYTES) throw new Error(`${name} is larger than 50 MB.`)
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => {
    throw new Error(`${name} is no image that this browser can read.`)
  })
  const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height))
  const width = Math.max(1, Math.round(bitmap.width * scale))
  const height = Math.max(1, Math.round(bitmap.height * scale))
  const isPhoto = file.type === 'image/jpeg'
  try {
    const png = isPhoto ? undefined : await draw(bitmap, width, height, 'image/png')
    return await toDataURL(
      png === undefined || png.size > MAX_PNG_BYTES ? await draw(bitmap, width, height, 'image/jpeg') : png,
    )
  } finally {
    bitmap.close()
  }
}

function draw(bitmap: ImageBitmap, width: number, height: number, type: string): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d')!
  if (type === 'image/jpeg') {
    // JPEG has no transparency: paper shines through, not ink.
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
    reader.addEventListener('error', () => reject(reader.error ?? new Error('The image cannot be read.')))
    reader.readAsDataURL(blob)
  })
}
