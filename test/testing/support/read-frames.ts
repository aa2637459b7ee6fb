/** One SSE frame. */
export interface Frame {
  readonly event: string | undefined
  // Tests reach into the data; a wrong path fails the assertion that follows.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly data: any
}

/** Splits a stream with `\n` line ends into frames. Data that is not JSON stays a string. */
export function readFrames(text: string): Frame[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const lines = block.split('\n')
      const data = lines.find((line) => line.startsWith('data: '))?.slice('data: '.length) ?? ''
      const event = lines.find((line) => line.startsWith('event: '))?.slice('event: '.length)
      try {
        return { event, data: JSON.parse(data) }
      } catch {
        return { event, data }
      }
    })
}

/** Reads a streamed response into frames. */
export const framesOf = async (response: Promise<Response>): Promise<Frame[]> =>
  readFrames(await (await response).text())

/** Returns the text of chat completion chunks, joined. */
export const textOf = (frames: readonly Frame[]): string =>
  frames.map((frame) => frame.data.choices?.[0]?.delta?.content ?? '').join('')

/** Returns the names of events in order; repetitions that follow each other count once. */
export const eventsOf = (frames: readonly Frame[]): (string | undefined)[] =>
  frames.map(({ event }) => event).filter((event, index, all) => event !== all[index - 1])
