/** A point of the map; both coordinates are from −1 to 1. */
export interface Point {
  readonly x: number
  readonly y: number
}

const ITERATIONS = 120

/**
 * Places rows in a plane so that similar ones are near each other: classical multidimensional scaling of their cosine
 * similarities, which equals the first two principal components of the normalized vectors.
 */
export function project(matrix: Float32Array, size: number): Point[] {
  const centered = center(matrix, size)
  const [xs, ys] = [nextAxis(centered, size), nextAxis(centered, size)]
  const scale = Math.max(...xs.map(Math.abs), ...ys.map(Math.abs)) || 1
  return xs.map((x, index) => ({ x: x / scale, y: ys[index]! / scale }))
}

/** Subtracts the means of rows and columns. */
function center(matrix: Float32Array, size: number): Float64Array {
  const means = Array.from({ length: size }, (_, row) => {
    let sum = 0
    for (let column = 0; column < size; column++) sum += matrix[row * size + column]!
    return sum / size
  })
  const total = means.reduce((sum, mean) => sum + mean, 0) / size
  return Float64Array.from(
    { length: size * size },
    (_, at) => matrix[at]! - means[Math.floor(at / size)]! - means[at % size]! + total,
  )
}

/** Finds the direction of the largest spread by power iteration, and removes it from the matrix. */
function nextAxis(matrix: Float64Array, size: number): number[] {
  // Any start works, unless it happens to be at right angles to the result.
  let vector = Array.from({ length: size }, (_, index) => Math.sin(index + 1))
  let spread = 0
  for (let step = 0; step < ITERATIONS; step++) {
    const next = vector.map((_, row) => {
      let sum = 0
      for (let column = 0; column < size; column++) sum += matrix[row * size + column]! * vector[column]!
      return sum
    })
    spread = Math.hypot(...next)
    if (spread < 1e-9) return vector.map(() => 0)
    vector = next.map((value) => value / spread)
  }
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++)
      matrix[row * size + column]! -= spread * vector[row]! * vector[column]!
  }
  return vector.map((value) => value * Math.sqrt(spread))
}
