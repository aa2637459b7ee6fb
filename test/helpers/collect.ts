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

/** Parses the one line of JSON that a read of `toReadableStream()` returned. */
export const parseLine = <T = unknown>(line: Uint8Array | undefined): T =>
  JSON.parse(new TextDecoder().decode(line)) as T

/** Reads the lines of `toReadableStream()` to their end or to the error. */
export async function collectLines<Event>(
  stream: ReadableStream<Uint8Array>,
): Promise<{ readonly events: Event[]; readonly error: unknown }> {
  const { events, error } = await collect(stream as unknown as AsyncIterable<Uint8Array>)
  return { events: events.map((line) => parseLine<Event>(line)), error }
}
