// How a file of each type begins, its bytes read as characters.
const BEGINNINGS: readonly (readonly [beginning: RegExp, type: string])[] = [
  [/^\x89PNG/, 'image/png'],
  [/^\xff\xd8/, 'image/jpeg'],
  [/^GIF8/, 'image/gif'],
  [/^RIFF.{4}WEBP/s, 'image/webp'],
  [/^.{4}ftypavi/s, 'image/avif'],
]

/** Media type by the first bytes: what a file is called, or claims to be, does not matter to the server. */
export function imageType(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 12))
  return BEGINNINGS.find(([beginning]) => beginning.test(head))?.[1]
}

/** Pixels of a PNG or JPEG, read from its header; `undefined` when it holds none. */
export function imageSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const type = imageType(bytes)
  if (type === 'image/png')
    return bytes.length < 24 ? undefined : { width: view.getUint32(16), height: view.getUint32(20) }
  if (type !== 'image/jpeg') return undefined
  // Segments follow one another until the frame header (SOF0–SOF15, without DHT, JPG and DAC), which holds the size.
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = bytes[at + 1]!
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    }
  }
  return undefined
}

// `String.fromCharCode` takes its bytes as arguments, and engines limit those.
const BLOCK = 0x8000

export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let start = 0; start < bytes.length; start += BLOCK) {
    binary += String.fromCharCode(...bytes.subarray(start, start + BLOCK))
  }
  return btoa(binary)
}
