import { Buffer } from 'node:buffer'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { toImageURL } from '../../src/generation/images.js'
import { gif, jpeg, png, webp } from '../helpers/images.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const path = ['messages', 0, 'content', 0, 'image']

/**
 * Stubs a runtime that can draw, in which every image has this size.
 *
 * @returns the sizes of the canvases that are created
 */
function stubCanvas(width: number, height: number): { width: number; height: number }[] {
  const canvases: { width: number; height: number }[] = []
  vi.stubGlobal('createImageBitmap', async (blob: Blob) => {
    if (blob.size < 5) throw new DOMException('The source image could not be decoded.', 'InvalidStateError')
    return { width, height, close: () => closed.push(blob) }
  })
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      readonly #size: { width: number; height: number }
      constructor(canvasWidth: number, canvasHeight: number) {
        this.#size = { width: canvasWidth, height: canvasHeight }
        canvases.push(this.#size)
      }
      getContext(kind: string): object | null {
        return kind === '2d' ? { drawImage() {} } : null
      }
      convertToBlob({ type }: { readonly type: string }): Promise<Blob> {
        if (type !== 'image/png') throw new Error(`unexpected ${type}`)
        return Promise.resolve(new Blob([png(this.#size.width, this.#size.height)]))
      }
    },
  )
  return canvases
}

/** The images that were decoded and freed again. */
const closed: Blob[] = []

const dataURL = (bytes: Uint8Array, type = 'image/png'): string =>
  `data:${type};base64,${Buffer.from(bytes).toString('base64')}`

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
  closed.length = 0
})

describe('toImageURL in a runtime that can draw', () => {
  it.each([
    ['WebP', webp()],
    ['GIF', gif()],
    ['a Blob with WebP', new Blob([webp()])],
    ['WebP in a data URL of another type', dataURL(webp(), 'image/png')],
    ['an unknown format', Uint8Array.of(1, 2, 3, 4, 5, 6)],
  ])('converts %s to PNG', async (_, image) => {
    const canvases = stubCanvas(40, 30)
    expect(await toImageURL(image, path)).toBe(dataURL(png(40, 30)))
    expect(canvases).toEqual([{ width: 40, height: 30 }])
    expect(closed).toHaveLength(1)
  })

  it.each([
    ['PNG', png(40, 30), 'image/png'],
    ['JPEG', jpeg(40, 30), 'image/jpeg'],
  ])('does not convert %s, as bytes or as a data URL', async (_, image, type) => {
    const canvases = stubCanvas(40, 30)
    expect(await toImageURL(image, path)).toBe(dataURL(image, type))
    expect(await toImageURL(dataURL(image, type), path)).toBe(dataURL(image, type))
    expect(canvases).toEqual([])
  })

  it('does not shrink an image of 5120 × 5120 pixels', async () => {
    const canvases = stubCanvas(5120, 5120)
    expect(await toImageURL(png(5120, 5120), path)).toBe(dataURL(png(5120, 5120)))
    expect(canvases).toEqual([])
  })

  it('shrinks an image of more than 5120 × 5120 pixels', async () => {
    const canvases = stubCanvas(5120, 5121)
    await toImageURL(png(5120, 5121), path)
    expect(canvases).toEqual([{ width: 5119, height: 5120 }])
  })

  it.each([
    ['bytes', png(10_240, 5120)],
    ['a data URL', dataURL(png(10_240, 5120))],
  ])('keeps the aspect ratio when it shrinks %s', async (_, image) => {
    const canvases = stubCanvas(10_240, 5120)
    expect(await toImageURL(image, path)).toBe(dataURL(png(7240, 3620)))
    expect(canvases).toEqual([{ width: 7240, height: 3620 }])
  })

  it('keeps the name that a data URL gives to JPEG', async () => {
    stubCanvas(40, 30)
    const image = dataURL(jpeg(40, 30), 'image/jpg')
    expect(await toImageURL(image, path)).toBe(image)
  })

  it('gives up an image that the browser does not finish after 30 s', async () => {
    stubCanvas(40, 30)
    vi.stubGlobal('createImageBitmap', () => new Promise(() => {}))
    vi.useFakeTimers()
    const rejection = rejectionOf(toImageURL(webp(), path))
    await vi.advanceTimersByTimeAsync(29_999)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(await rejection).toMatchObject({
      issues: [{ path, message: expect.stringContaining('did not finish') as string }],
    })
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    ['bytes that cannot be decoded', Uint8Array.of(1, 2)],
    ['a data URL that is not base64', 'data:image/png;base64,%%%'],
  ])('rejects %s with the path of the image', async (_, image) => {
    stubCanvas(1, 1)
    expect(await rejectionOf(toImageURL(image, path))).toMatchObject({
      name: 'InvalidRequestError',
      issues: [{ path, message: expect.any(String) as string }],
      hint: expect.stringContaining('PNG or JPEG') as string,
    })
  })
})

describe('toImageURL in a runtime that cannot draw', () => {
  it.each(['createImageBitmap', 'OffscreenCanvas'])('rejects what must be converted with only %s', async (name) => {
    vi.stubGlobal(name, function stub() {})
    expect(await rejectionOf(toImageURL(webp(), path))).toMatchObject({
      issues: [{ path, message: expect.stringContaining('which LM Studio does not accept') as string }],
    })
  })

  it.each(['png', 'jpeg', 'jpg'])('does not look into a data URL of %s', async (type) => {
    const image = `data:image/${type};base64,%%%`
    expect(await toImageURL(image, path)).toBe(image)
  })

  it('sends an ArrayBuffer', async () => {
    expect(await toImageURL(png(40, 30).buffer as ArrayBuffer, path)).toBe(dataURL(png(40, 30)))
  })

  it.each([
    ['PNG', png(10_240, 5120), 'image/png'],
    ['JPEG', jpeg(40, 30), 'image/jpeg'],
  ])('sends %s of any size unchanged', async (_, image, type) => {
    expect(await toImageURL(image, path)).toBe(dataURL(image, type))
    expect(await toImageURL(dataURL(image, type), path)).toBe(dataURL(image, type))
  })

  it.each([
    ['WebP', webp(), 'image/webp'],
    ['WebP in a data URL', dataURL(webp(), 'image/webp'), 'image/webp'],
    ['GIF', gif(), 'image/gif'],
    ['SVG in a data URL', dataURL(new TextEncoder().encode('<svg/>'), 'image/svg+xml'), 'unknown format'],
    ['bytes that are not an image', Uint8Array.of(1, 2, 3), 'unknown format'],
    ['an empty Blob', new Blob([]), 'unknown format'],
    ['a data URL that is not base64', 'data:image/gif;base64,%%%', 'base64'],
  ])('rejects %s', async (_, image, words) => {
    expect(await rejectionOf(toImageURL(image, path))).toMatchObject({
      name: 'InvalidRequestError',
      issues: [{ path, message: expect.stringContaining(words) as string }],
    })
  })
})
