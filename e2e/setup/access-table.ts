import { readFileSync } from 'node:fs'
import { fromRoot } from './paths.js'

/** A row of a table in docs/browser-access.md, as plain text cells. */
export type Row = readonly string[]

/** Reads the table with this first column. */
export function readTable(firstColumn: string): readonly Row[] {
  const head = new RegExp(String.raw`^\| ${firstColumn} \|.*\n\|[ -|]*\n`, 'm')
  const [, table = ''] = readFileSync(fromRoot('docs/browser-access.md'), 'utf8').split(head)
  const rows = table.split('\n')
  return rows.slice(0, rows.indexOf('')).map((row) =>
    row
      .replaceAll('`', '')
      .split('|')
      .slice(1, -1)
      .map((word) => word.trim()),
  )
}

/** Returns the index of the first row that matches these cells. A cell lists its values between slashes, or is `any`. */
export const findRow = (rows: readonly Row[], words: Row): number =>
  rows.findIndex((row) =>
    words.every((word, index) => ['any', word].some((one) => row[index]!.split(' / ').includes(one))),
  )
