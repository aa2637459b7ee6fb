/** Returns a 32-bit FNV-1a hash of a string's UTF-16 code units. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  // FNV mixes its high bits badly for short input, and ids are made from them.
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d)
  return (value ^ (value >>> 13)) >>> 0
}

/** Creates a source of numbers in [0, 1). The same seed gives the same sequence on every runtime. */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Returns `length` characters of `alphabet`, always the same ones for the same seed. */
export function characters(seed: string, length: number, alphabet: string): string {
  const next = random(hash(seed))
  return Array.from({ length }, () => alphabet[Math.floor(next() * alphabet.length)]).join('')
}

const alphanumeric = '0123456789abcdefghijklmnopqrstuvwxyz'

/** Returns lowercase letters and digits for an id. */
export const alphanumericId = (seed: string, length: number): string => characters(seed, length, alphanumeric)
/** Returns hexadecimal digits for an id. */
export const hexId = (seed: string, length: number): string => characters(seed, length, alphanumeric.slice(0, 16))
/** Returns decimal digits for an id; the first is not zero. */
export const digitId = (seed: string, length: number): string =>
  characters(seed, 1, '123456789') + characters(`${seed}#`, length - 1, '0123456789')
