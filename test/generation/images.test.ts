import { Buffer } from 'node:buffer'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { toImageURL } from '../../src/generation/images.js'
import { InvalidRequestError } from '../../src/errors/index.js'
import { gif, jpeg, png, webp } from '../helpers/images.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const path = ['messages', 0, 'content', 0, 'image']
const drawn: { width: number; height: number }[] = []

/** A runtime that can draw: every image it reads is this large. */
function canDraw(width: number, height: number): void {
  drawn.length = 0
  vi.stubGlobal('createImageBitmap', async (blob: Blob) => {
    if (blob.size < 5) throw new DOMException('The source image could not be decoded.', 'InvalidStateError')
    return { width, height, close() {} }
  })
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      constructor(width: number, height: number) {
        drawn.push({ width, height })
      }
      getContext(): object {
        return { drawImage() {} }
      }
      convertToBlob(): Promise<Blob> {
        return Promise.resolve(new Blob([png(drawn[0]!.width, drawn[0]!.height)]))
      }
    },
  )
}

const url = (bytes: Uint8Array, type = 'image/png'): string =>
  `data:${type};base64,${Buffer.from(bytes).toString('base64')}`

afterEach(() => void vi.unstubAllGlobals())

describe('where the runtime can draw', () => {
  it.each([
    ['WebP', webp()],
    ['GIF', gif()],
    ['a Blob of WebP', new Blob([webp()])],
    ['a data URL that lies about its type', url(webp(), 'image/png')],
    ['an unknown format', Uint8Array.of(1, 2, 3, 4, 5, 6)],
  ])('makes a PNG of %s', async (_, image) => {
    canDraw(40, 30)
    expect(await toImageURL(image, path)).toBe(url(png(40, 30)))
    expect(drawn).toEqual([{ width: 40, height: 30 }])
  })

  it.each([
    ['PNG', png(40, 30), 'image/png'],
    ['JPEG', jpeg(40, 30), 'image/jpeg'],
  ])('leaves a %s as it is', async (_, image, type) => {
    canDraw(40, 30)
    expect(await toImageURL(image, path)).toBe(url(image, type))
    expect(await toImageURL(url(image, type), path)).toBe(url(image, type))
    expect(drawn).toEqual([])
  })

  it.each([
    ['bytes', png(10_240, 5120)],
    ['a data URL', url(png(10_240, 5120))],
  ])('shrinks %s of too many pixels, keeping their shape', async (_, image) => {
    canDraw(10_240, 5120)
    await toImageURL(image, path)
    const [{ width, height }] = drawn as [{ width: number; height: number }]
    expect(width * height).toBeLessThanOrEqual(26_214_400)
    expect(width * height).toBeGreaterThan(26_000_000)
    expect(width / height).toBeCloseTo(2, 2)
  })

  it('refuses what it cannot read, by its path', async () => {
    canDraw(1, 1)
    const error = (await rejectionOf(toImageURL(Uint8Array.of(1, 2), path))) as InvalidRequestError
    expect(error).toBeInstanceOf(InvalidRequestError)
    expect(error.issues[0]!.path).toEqual(path)
  })

  it('refuses a data URL that is no base64', async () => {
    canDraw(1, 1)
    expect(await rejectionOf(toImageURL('data:image/png;base64,%%%', path))).toBeInstanceOf(InvalidRequestError)
  })
})
