import { cosineSimilarity } from 'lmstudio-provider'

/** Maximum number of lines. With more, a cell of the map would be smaller than three pixels. */
export const MAX_LINES = 200

/** A line and its vector. */
export interface Row {
  /** Line number, from 1, without empty lines. */
  readonly number: number
  readonly text: string
  readonly vector: readonly number[]
}

export interface Neighbor {
  readonly row: Row
  readonly similarity: number
}

/** Splits a text into lines without empty ones. `ignored` is the number of lines beyond {@link MAX_LINES}. */
export function toLines(text: string): { readonly lines: readonly string[]; readonly ignored: number } {
  const all = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return { lines: all.slice(0, MAX_LINES), ignored: Math.max(0, all.length - MAX_LINES) }
}

// Shorter than a frame at 60 Hz.
const SLICE_MS = 12

/** Computes the similarity matrix, row by row. Yields regularly, so that the page stays responsive. */
export async function similarityMatrix(rows: readonly Row[]): Promise<Float32Array> {
  const size = rows.length
  const matrix = new Float32Array(size * size)
  let sliceStart = performance.now()
  for (let y = 0; y < size; y++) {
    for (let x = 0; x <= y; x++) {
      const similarity = cosineSimilarity(rows[y]!.vector, rows[x]!.vector)
      matrix[y * size + x] = matrix[x * size + y] = similarity
    }
    if (performance.now() - sliceStart > SLICE_MS) {
      await new Promise((resolve) => setTimeout(resolve))
      sliceStart = performance.now()
    }
  }
  return matrix
}

/** Returns the lowest and highest similarity of two different lines. */
export function range(matrix: Float32Array, size: number): readonly [low: number, high: number] {
  let low = Infinity
  let high = -Infinity
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < y; x++) {
      const similarity = matrix[y * size + x]!
      if (similarity < low) low = similarity
      if (similarity > high) high = similarity
    }
  }
  return low === Infinity ? [0, 1] : [low, high]
}

/** Returns the rows sorted by similarity to a vector, without `excluded`. */
export function nearest(rows: readonly Row[], vector: readonly number[], excluded?: Row): readonly Neighbor[] {
  return rows
    .filter((row) => row !== excluded)
    .map((row) => ({ row, similarity: cosineSimilarity(vector, row.vector) }))
    .sort((a, b) => b.similarity - a.similarity)
}
