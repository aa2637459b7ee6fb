import type { RespondEvent, RespondResponse } from '../../src/responses/types.js'

/** What a stream of a response tells, up to its error. */
export async function collectResponse(
  answer: AsyncIterable<RespondEvent>,
): Promise<{ readonly events: RespondEvent[]; readonly error: unknown }> {
  const events: RespondEvent[] = []
  try {
    for await (const event of answer) events.push(event)
    return { events, error: undefined }
  } catch (error) {
    return { events, error }
  }
}

/** The response without what depends on the clock. */
export const contentOfResponse = (response: RespondResponse): object => ({
  ...response,
  stats: undefined,
  raw: undefined,
})
