import fc from 'fast-check'

export const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Splits a value at cuts that are given in parts per 10,000 of its length. */
export function cutAt<T extends Uint8Array | string>(whole: T, cuts: readonly number[]): T[] {
  const at = cuts.map((cut) => Math.floor((cut / 10_000) * whole.length)).sort((a, b) => a - b)
  return [...at, whole.length].map((end, index) => whole.slice(at[index - 1] ?? 0, end) as T)
}

/** Positions for {@link cutAt}: none, a few or many. */
export const cuts: fc.Arbitrary<number[]> = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 6 }),
  fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 200 }),
)
