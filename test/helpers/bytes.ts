import fc from 'fast-check'

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Returns the parts between these cuts, which are positions in ten-thousandths of the length. */
export function cutAt<T extends Uint8Array | string>(input: T, cuts: readonly number[]): T[] {
  const positions = cuts.map((cut) => Math.floor((cut / 10_000) * input.length)).sort((a, b) => a - b)
  return [...positions, input.length].map((end, index) => input.slice(positions[index - 1] ?? 0, end) as T)
}

/** Cuts for {@link cutAt}: none, a few or many. */
export const cuts: fc.Arbitrary<number[]> = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 6 }),
  fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 200 }),
)
