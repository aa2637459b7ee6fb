/** Reads a stream to its end or to its error. */
export async function collect<Event>(
  stream: AsyncIterable<Event>,
): Promise<{ readonly events: Event[]; readonly error: unknown }> {
  const events: Event[] = []
  try {
    for await (const event of stream) events.push(event)
    return { events, error: undefined }
  } catch (error) {
    return { events, error }
  }
}
