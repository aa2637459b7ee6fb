/**
 * Returns the shape of a JSON value: its keys and types without its values, an array as the set of its members' shapes.
 * Bodies of the same shape differ in their values only.
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
