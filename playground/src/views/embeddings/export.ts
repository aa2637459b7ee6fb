import type { Comparison } from './state.js'

const cell = (value: string | number): string => {
  const text = String(value)
  // A spreadsheet would run a text that starts with one of these as a formula.
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Converts the vectors to CSV: one line per row. */
export function toCSV({ rows, dimensions }: Comparison): string {
  const head = ['line', 'text', ...Array.from({ length: dimensions }, (_, index) => `d${index + 1}`)]
  return [head, ...rows.map(({ number, text, vector }) => [number, text, ...vector])]
    .map((cells) => `${cells.map(cell).join(',')}\r\n`)
    .join('')
}

/** Converts the vectors and their similarities to JSON. */
export function toJSON({ model, rows, matrix, dimensions }: Comparison): string {
  const similarities = rows.map((_, row) => Array.from(matrix.subarray(row * rows.length, (row + 1) * rows.length)))
  const lines = rows.map(({ number, text, vector }) => ({ line: number, text, vector }))
  return JSON.stringify({ model, dimensions, lines, similarities })
}
