import { cosineSimilarity } from 'lmstudio-provider'

/** Lines that are compared at most: more would be a picture of less than three points per cell. */
export const MAX_LINES = 200

/** A line that has a vector. */
export interface Row {
  /** As people count: from 1, among the lines that are not empty. */
  readonly number: number
  readonly text: string
  readonly vector: readonly number[]
}

export interface Neighbour {
  readonly row: Row
  readonly likeness: number
}

/** The lines that are not empty, and how many of them are too many. */
export function toLines(text: string): { readonly lines: readonly string[]; readonly left: number } {
  const all = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return { lines: all.slice(0, MAX_LINES), left: Math.max(0, all.length - MAX_LINES) }
}

// What a page may do at once without being felt.
const SLICE_MS = 12

/** How alike each two are, row after row; other work of the page gets its turn in between. */
export async function similarities(rows: readonly Row[]): Promise<Float32Array> {
  const size = rows.length
  const matrix = new Float32Array(size * size)
  let began = performance.now()
  for (let y = 0; y < size; y++) {
    for (let x = 0; x <= y; x++) {
      const likeness = cosineSimilarity(rows[y]!.vector, rows[x]!.vector)
      matrix[y * size + x] = matrix[x * size + y] = likeness
    }
    if (performance.now() - began > SLICE_MS) {
      await new Promise((resolve) => setTimeout(resolve))
      began = performance.now()
    }
  }
  return matrix
}

/** From the least to the most alike pair of different lines; a line beside itself tells nothing. */
export function range(matrix: Float32Array, size: number): readonly [low: number, high: number] {
  let low = Infinity
  let high = -Infinity
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < y; x++) {
      const likeness = matrix[y * size + x]!
      if (likeness < low) low = likeness
      if (likeness > high) high = likeness
    }
  }
  return low === Infinity ? [0, 1] : [low, high]
}

/** The others, the most alike first. */
export function nearest(rows: readonly Row[], vector: readonly number[], except?: Row): readonly Neighbour[] {
  return rows
    .filter((row) => row !== except)
    .map((row) => ({ row, likeness: cosineSimilarity(vector, row.vector) }))
    .sort((a, b) => b.likeness - a.likeness)
}
