// With columns as wide as their text, every new row would shift them. So each column is as wide as its longest word, and
// changes only for a longer one.

const MIN_REM = 6
// Longer words, such as URLs, are broken.
const MAX_REM = 18
const PADDING_REM = 1.9
const REM_PER_CHARACTER = 0.58

/** A text without a place to break. Scripts without spaces break anywhere. */
const WORD = /[^\s\u2E80-\u9FFF\uAC00-\uD7AF\uFF00-\uFFEF-]+/g

const widthOf = (text: string): number => {
  const longest = Math.max(0, ...(text.match(WORD) ?? []).map(({ length }) => length))
  return Math.min(MAX_REM, Math.max(MIN_REM, longest * REM_PER_CHARACTER + PADDING_REM))
}

/** Adds columns that are wide enough for the words of a table. */
export function fitColumns(table: HTMLTableElement): void {
  const widths: number[] = []
  for (const { cells } of table.rows) {
    for (const [index, { textContent }] of [...cells].entries())
      widths[index] = Math.max(widths[index] ?? 0, widthOf(textContent))
  }
  const group = document.createElement('colgroup')
  for (const width of widths) group.append(createColumn(width))
  table.prepend(group)
}

/** Widens the columns of a table for the words of another part of it. */
export function widenColumns(table: Element, part: Element): void {
  const columns = table.querySelectorAll('col')
  for (const [index, { style }] of [...part.querySelectorAll('col')].entries()) {
    const column = columns[index]
    if (column !== undefined && Number.parseFloat(style.width) > Number.parseFloat(column.style.width))
      column.style.width = style.width
  }
}

function createColumn(width: number): HTMLTableColElement {
  const column = document.createElement('col')
  column.style.width = `${width.toFixed(2)}rem`
  return column
}
