// With columns as wide as their text, every new row would shift them. So the columns are equally wide, unless a word does
// not fit.

const MIN_REM = 6
// Longer words, such as URLs, are broken.
const MAX_REM = 18
const PADDING_REM = 1.9
const REM_PER_CHARACTER = 0.58
const PIXELS_PER_REM = 16

/** A text without a place to break. Scripts without spaces break anywhere. */
const WORD = /[^\s\u2E80-\u9FFF\uAC00-\uD7AF\uFF00-\uFFEF-]+/g

const widthOf = (text: string): number => {
  const longest = Math.max(0, ...(text.match(WORD) ?? []).map(({ length }) => length))
  return Math.min(MAX_REM, Math.max(MIN_REM, longest * REM_PER_CHARACTER + PADDING_REM))
}

/** Returns the width that each column needs for its longest word, in rem, at least the widths `before`. */
export function columnWidths(table: HTMLTableElement, before: readonly number[]): readonly number[] {
  const widths = [...before]
  for (const { cells } of table.rows) {
    for (const [index, { textContent }] of [...cells].entries())
      widths[index] = Math.max(widths[index] ?? 0, widthOf(textContent))
  }
  return widths
}

/** Sets the widths of the columns if one of them is wider than its equal share of `available` pixels. */
export function setColumns(table: HTMLTableElement, widths: readonly number[], available: number): void {
  const share = available / PIXELS_PER_REM / widths.length
  if (widths.every((width) => width <= share)) return
  const group = document.createElement('colgroup')
  for (const width of widths) {
    const column = document.createElement('col')
    column.style.width = `${width.toFixed(2)}rem`
    group.append(column)
  }
  const current = table.querySelector('colgroup')
  if (current === null) table.prepend(group)
  else if (!current.isEqualNode(group)) current.replaceWith(group)
}
