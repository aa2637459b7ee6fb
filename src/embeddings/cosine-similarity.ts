import { InvalidRequestError } from '../errors/errors.js'

/**
 * How alike two vectors point: 1 the same way, 0 nothing in common, −1 opposite. A vector of zeros points nowhere and is
 * like nothing: 0.
 *
 * @throws {@link InvalidRequestError} the vectors differ in length: they come from different models
 */
export function cosineSimilarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new InvalidRequestError(`Vectors of ${a.length} and ${b.length} numbers cannot be compared.`, {
      code: 'mixed-dimensions',
    })
  }
  let dot = 0
  let ofA = 0
  let ofB = 0
  for (let index = 0; index < a.length; index++) {
    const x = a[index]!
    const y = b[index]!
    dot += x * y
    ofA += x * x
    ofB += y * y
  }
  // Of rounding, a vector beside itself would be a little more than 1.
  return ofA === 0 || ofB === 0 ? 0 : Math.max(-1, Math.min(1, dot / Math.sqrt(ofA) / Math.sqrt(ofB)))
}
