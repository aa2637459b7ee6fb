/** The start of a PNG file of the given size: signature and IHDR. */
export function png(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(45)
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52])
  const view = new DataView(bytes.buffer)
  view.setUint32(16, width)
  view.setUint32(20, height)
  return bytes
}

/** The start of a JPEG file of the given size: some segments, then the frame header. */
export function jpeg(
  width: number,
  height: number,
  { before = [0xe0], frame = 0xc0 }: { before?: readonly number[]; frame?: number } = {},
): Uint8Array<ArrayBuffer> {
  const segments = before.flatMap((marker) => [0xff, marker, 0, 6, 1, 2, 3, 4])
  const size = [height >> 8, height & 255, width >> 8, width & 255]
  return Uint8Array.of(0xff, 0xd8, ...segments, 0xff, frame, 0, 11, 8, ...size, 1, 1, 0x11, 0, 0xff, 0xd9)
}

const ascii = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0))

export const gif = (): Uint8Array<ArrayBuffer> => ascii('GIF89a\x01\0\x01\0\0\0\0;')
export const webp = (): Uint8Array<ArrayBuffer> => ascii('RIFF\x1a\0\0\0WEBPVP8L\r\0\0\0')
export const avif = (): Uint8Array<ArrayBuffer> => ascii('\0\0\0\x1cftypavif\0\0\0\0')
