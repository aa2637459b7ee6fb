import type { RespondEvent, RespondResponse } from '../../src/responses/types.js'

/** Reads a stream of a response to its end or its error. */
export async function collectResponse(
  stream: AsyncIterable<RespondEvent>,
): Promise<{ readonly events: RespondEvent[]; readonly error: unknown }> {
  const events: RespondEvent[] = []
  try {
    for await (const event of stream) events.push(event)
    return { events, error: undefined }
  } catch (error) {
    return { events, error }
  }
}

/** A response without the fields that depend on the clock. */
export const contentOfResponse = (response: RespondResponse): object => ({
  ...response,
  stats: undefined,
  raw: undefined,
})
