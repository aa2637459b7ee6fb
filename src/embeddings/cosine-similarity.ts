/**
 * Compares the directions of two vectors: 1 for the same direction, 0 for unrelated ones, −1 for opposite ones. A vector
 * of zeros has no direction, so its similarity to any vector is 0.
 *
 * @throws RangeError with a `code` and a `hint`: the vectors differ in length, as those of different models do
 */
export function cosineSimilarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    // Not an error class of this package, which would be four fifths of what this function costs in a bundle.
    throw Object.assign(
      new RangeError(`Vectors of different lengths (${a.length} and ${b.length}) cannot be compared.`),
      {
        code: 'mixed-dimensions',
        hint: 'Embed both texts with one model.',
      },
    )
  }
  let dot = 0
  let squaredA = 0
  let squaredB = 0
  for (let index = 0; index < a.length; index++) {
    const x = a[index]!
    const y = b[index]!
    dot += x * y
    squaredA += x * x
    squaredB += y * y
  }
  // Two square roots, because the product of the sums could overflow. Clamped, because rounding can exceed 1 slightly.
  return squaredA === 0 || squaredB === 0
    ? 0
    : Math.max(-1, Math.min(1, dot / Math.sqrt(squaredA) / Math.sqrt(squaredB)))
}
