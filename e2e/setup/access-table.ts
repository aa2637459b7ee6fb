import { readFileSync } from 'node:fs'
import { fromRoot } from './paths.js'

/** A row of a table of docs/browser-access.md, as bare words. */
export type Row = readonly string[]

/** The table whose first column is called so. */
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

/** Where the first row is that fits these words, each one of those between slashes or `any`. */
export const findRow = (rows: readonly Row[], words: Row): number =>
  rows.findIndex((row) =>
    words.every((word, index) => ['any', word].some((one) => row[index]!.split(' / ').includes(one))),
  )
