/** A Markdown table; the first column is text, the others are figures. */
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

/** An error as a table cell: one line, without paths of this machine. */
export function failure(error) {
  const text = String(error)
    .replaceAll(/(file:\/\/)?\/[^\s:)]+\//g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', '/')
  return `failed: ${text.slice(0, 160)}`
}

/** One line that compares a measured value with its budget. */
export function verdict({ name, value, limit, unit, isFloor = false }) {
  if (value === undefined) return `- ${name}: not measured.`
  const isMet = isFloor ? value >= limit : value <= limit
  return `- ${name}: ${figure(value, unit)}, budget ${isFloor ? '≥' : '≤'} ${limit}${unit}: ${isMet ? 'met' : '**missed**'}.`
}
