/** One SSE frame as the tests see it. */
export interface Frame {
  readonly event: string | undefined
  // Tests reach into whatever came; a wrong path fails the assertion that follows.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly data: any
}

/** Splits a stream with `\n` line ends into frames; data that is not JSON stays text. */
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

/** The text of chat completion chunks, joined. */
export const textOf = (frames: readonly Frame[]): string =>
  frames.map((frame) => frame.data.choices?.[0]?.delta?.content ?? '').join('')
