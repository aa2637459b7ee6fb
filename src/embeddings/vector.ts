import { InvalidResponseError } from '../errors/errors.js'

const BYTES_PER_NUMBER = 4

/**
 * Returns a vector as the server sent it: a list of numbers, or base64 of 32-bit numbers, which some servers send
 * unrequested.
 *
 * @param text - what the message calls the text, for example `text 1 of 64`
 *
 * @throws {@link InvalidResponseError} it is anything else
 */
export function toVector(embedding: unknown, text: string, endpoint: string): number[] {
  const fail = (problem: string): never => {
    throw new InvalidResponseError(`The server returned ${problem} for ${text}.`, {
      code: 'invalid-vectors',
      endpoint,
    })
  }
  if (embedding === null || embedding === undefined) return fail('no vector')
  const vector: unknown = typeof embedding === 'string' ? decodeVector(embedding) : embedding
  if (!Array.isArray(vector)) return fail('a value that is not a vector')
  if (vector.length === 0) return fail('an empty vector')
  // One check per vector instead of a schema per number, and no copy: a batch has about 100,000 numbers.
  return vector.every(Number.isFinite) ? (vector as number[]) : fail('a vector with values that are not numbers')
}

/** Decodes little-endian 32-bit numbers; `undefined` for a text that is not base64 of such numbers. */
function decodeVector(base64: string): number[] | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    if (bytes.length % BYTES_PER_NUMBER !== 0) return undefined
    const view = new DataView(bytes.buffer)
    const length = bytes.length / BYTES_PER_NUMBER
    return Array.from({ length }, (_, position) => view.getFloat32(position * BYTES_PER_NUMBER, true))
  } catch {
    return undefined
  }
}
