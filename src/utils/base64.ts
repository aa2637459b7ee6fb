// `String.fromCharCode` takes its bytes as arguments, and engines limit those.
const BLOCK = 0x8000

export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let start = 0; start < bytes.length; start += BLOCK) {
    binary += String.fromCharCode(...bytes.subarray(start, start + BLOCK))
  }
  return btoa(binary)
}
