// Signatures at the start of a file, its bytes read as characters.
const SIGNATURES: readonly (readonly [signature: RegExp, type: string])[] = [
  [/^\x89PNG/, 'image/png'],
  [/^\xff\xd8/, 'image/jpeg'],
  [/^GIF8/, 'image/gif'],
  [/^RIFF.{4}WEBP/s, 'image/webp'],
  [/^.{4}ftypavi/s, 'image/avif'],
]

/** Returns the media type of an image by its first bytes. The server ignores the name and the declared type. */
export function imageType(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 12))
  return SIGNATURES.find(([signature]) => signature.test(head))?.[1]
}

/** Returns the size of a PNG or JPEG in pixels, from its header; `undefined` for any other file. */
export function imageSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const type = imageType(bytes)
  if (type === 'image/png')
    return bytes.length < 24 ? undefined : { width: view.getUint32(16), height: view.getUint32(20) }
  if (type !== 'image/jpeg') return undefined
  // Skips segments up to the frame header (SOF0–SOF15, except DHT, JPG and DAC), which contains the size.
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = bytes[at + 1]!
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    }
  }
  return undefined
}

// `String.fromCharCode` takes bytes as arguments, and engines limit the number of arguments.
const MAX_ARGUMENTS = 0x8000

/** Encodes bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let start = 0; start < bytes.length; start += MAX_ARGUMENTS) {
    binary += String.fromCharCode(...bytes.subarray(start, start + MAX_ARGUMENTS))
  }
  return btoa(binary)
}
