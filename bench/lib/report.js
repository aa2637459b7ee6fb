/** A Markdown table; the first column is text, the rest are figures. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
}

/** A figure with about three digits. */
export function figure(value, unit = '') {
  if (value === undefined || Number.isNaN(value)) return '–'
  const size = Math.abs(value)
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2
  return `${value.toFixed(digits)}${unit}`
}

export const times = (value) => figure(value, '×')

/** An error as a table cell: one line, no paths of this machine. */
export function failure(error) {
  const text = String(error)
    .replaceAll(/(file:\/\/)?\/[^\s:)]+\//g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', '/')
  return `failed: ${text.slice(0, 160)}`
}

/** Whether a budget is kept, in words. */
export function verdict(what, value, limit, unit, isFloor = false) {
  if (value === undefined) return `- ${what}: not measured.`
  const isKept = isFloor ? value >= limit : value <= limit
  return `- ${what}: ${figure(value, unit)}, budget ${isFloor ? '≥' : '≤'} ${limit}${unit}: ${isKept ? 'kept' : '**not kept**'}.`
}
