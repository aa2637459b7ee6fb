import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { imageSize, imageType } from '../../src/utils/image.js'
import { gif, jpeg, png, webp, avif } from '../helpers/images.js'

describe('imageType', () => {
  it.each([
    ['image/png', png(1, 1)],
    ['image/jpeg', jpeg(1, 1)],
    ['image/gif', gif()],
    ['image/webp', webp()],
    ['image/avif', avif()],
  ])('detects %s by its first bytes', (type, bytes) => expect(imageType(bytes)).toBe(type))

  it.each([
    ['nothing', ''],
    ['text', 'hello, this is not an image'],
    ['an SVG', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['another RIFF file', 'RIFF\0\0\0\0WAVEfmt '],
    ['a PDF', '%PDF-1.7'],
    ['text that contains the name of a format', 'xPNG is a format'],
  ])('does not detect an image in %s', (_, text) => expect(imageType(new TextEncoder().encode(text))).toBeUndefined())
})

describe('imageSize', () => {
  it.each([
    [1, 1],
    [640, 480],
    [65_535, 2],
    [5121, 5120],
  ])('reads %i × %i from a PNG and a JPEG', (width, height) => {
    expect(imageSize(png(width, height))).toEqual({ width, height })
    expect(imageSize(jpeg(width, height))).toEqual({ width, height })
  })

  it('reads a size of four bytes from a PNG', () => {
    expect(imageSize(png(100_000, 70_000))).toEqual({ width: 100_000, height: 70_000 })
  })

  it('reads from a view into a larger buffer', () => {
    const bytes = png(3, 4)
    const larger = new Uint8Array(bytes.length + 7)
    larger.set(bytes, 7)
    expect(imageSize(larger.subarray(7))).toEqual({ width: 3, height: 4 })
  })

  it('skips the segments before the frame header of a JPEG, including Huffman tables', () => {
    expect(imageSize(jpeg(20, 30, { before: [0xe0, 0xe1, 0xc4, 0xdb], frame: 0xc2 }))).toEqual({
      width: 20,
      height: 30,
    })
  })

  it('returns undefined for other formats and truncated files', () => {
    expect(imageSize(gif())).toBeUndefined()
    expect(imageSize(webp())).toBeUndefined()
    expect(imageSize(new Uint8Array())).toBeUndefined()
    expect(imageSize(png(1, 1).subarray(0, 20))).toBeUndefined()
    expect(imageSize(jpeg(1, 1).subarray(0, 8))).toBeUndefined()
  })

  it('returns a size or undefined for any bytes, and never throws', () => {
    const start = fc.constantFrom([], [0xff, 0xd8], [0xff, 0xd8, 0xff, 0xe0, 0, 0], [0x89, 0x50, 0x4e, 0x47])
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 200 }), (head, rest) => {
        const size = imageSize(Uint8Array.of(...head, ...rest))
        expect(size === undefined || (size.width >= 0 && size.height >= 0)).toBe(true)
      }),
    )
  })
})
