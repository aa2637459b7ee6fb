/**
 * The shape of a JSON value: key names and types, values left out, arrays as the set of their members' shapes. Two
 * bodies with the same shape differ in what they say, not in how.
 */
export function shapeOf(value: unknown): unknown {
  if (value === null) return 'null'
  if (Array.isArray(value)) {
    const shapes = value.map((one) => JSON.stringify(shapeOf(one)))
    return Array.from(new Set(shapes))
      .toSorted()
      .map((shape) => JSON.parse(shape) as unknown)
  }
  if (typeof value !== 'object') return typeof value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, inner]) => [key, shapeOf(inner)]),
  )
}
