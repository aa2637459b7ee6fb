import { InvalidResponseError } from '../errors/errors.js'

/** Longest text, reasoning and arguments of a response, in characters: 64 Mi, as for a response that is not streamed. */
export const MAX_RESPONSE_LENGTH: number = 64 * 1024 * 1024

/** Most items in the output of a response: twice the most tool calls, since a text can stand before each of them. */
export const MAX_OUTPUT_ITEMS = 200_000

/** Longest sum of the complete items in a stream, in characters: an item is sent when it begins and when it ends, so twice 64 Mi. */
export const MAX_ITEMS_LENGTH: number = 128 * 1024 * 1024

/** @throws {@link InvalidResponseError} the length is beyond the limit */
export function assertAtMost(limit: number, length: number): void {
  if (length <= limit) return
  throw new InvalidResponseError(`A part of the response is longer than ${limit} characters or entries.`, {
    code: 'body-too-long',
  })
}
