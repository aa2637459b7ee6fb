import { completeMath, FORMULA } from './math-syntax.js'

// A text that is still streaming ends in the middle of its syntax. Completing it avoids flicker: `**bo` would be shown with
// asterisks first and in bold later.

/** The start of a list, rule, heading, table or fence, before it is clear which. */
const AMBIGUOUS_START = /(^|\n)[ \t]*(?:[-=*+_#>`~]+|\d{1,3}[.)]?|\|[^\n]*)[ \t]*$/
/** A block start. Open emphasis ends here without a closing mark. */
const BLOCK_START = /\n(?=\n|[ \t]*(?:[-*+]|\d+[.)]|#{1,6}|>)[ \t])/g
const TABLE_ROW = /^[ \t]*\|.*\|[ \t]*$/

/** Closes or removes unfinished syntax at the end of a streaming text. */
export function completeMarkdown(text: string): string {
  const { isOpen, end } = lastFence(text)
  if (isOpen) return text.replace(/\n[ \t]*(`{1,}|~{1,})$/, '')
  const paragraph = Math.max(end, text.lastIndexOf('\n\n') + 1)
  const math = completeMath(text.slice(paragraph))
  if (math !== undefined) return text.slice(0, paragraph) + math
  const start = [...text.matchAll(BLOCK_START)].at(-1)?.index ?? 0
  return text.slice(0, start) + closeMarks(completeLastLine(text.slice(start)))
}

/** Whether the text ends inside a code block, and where the last closed one ends. */
function lastFence(text: string): { readonly isOpen: boolean; readonly end: number } {
  let fence = ''
  let end = 0
  for (const { 0: line, 1: marks = '', 2: info = '', index } of text.matchAll(
    /^[ \t]*(?:[-*+>] +|\d+[.)] +)*(`{3,}|~{3,})(.*)$/gm,
  )) {
    if (fence === '') fence = marks
    else if (marks.startsWith(fence) && info.trim() === '') {
      fence = ''
      end = index + line.length
    }
  }
  return { isOpen: fence !== '', end }
}

function completeLastLine(text: string): string {
  const lines = text.split('\n')
  const last = lines.at(-1)!
  const before = lines.at(-2) ?? ''
  const isBelowTable = TABLE_ROW.test(before)
  const isHeader = isBelowTable && !TABLE_ROW.test(lines.at(-3) ?? '')
  // The delimiter row has the alignment: without it, the header would move later.
  if (isHeader && /^[ \t]*(\|[\s:|-]*)?$/.test(last)) return lines.slice(0, -2).join('\n')
  // The text of an aligned cell would move with each delta, so a cell is shown when it is complete.
  if (isBelowTable && last.trimStart().startsWith('|')) return text.replace(/(?<!\\)\|(?:[^|\n]|(?<=\\)\|)*$/, '|')
  return text.replace(AMBIGUOUS_START, '$1').replace(/\n$/, '')
}

const MARKS = new RegExp(`${FORMULA}|\\\\.|\`+|\\*+|_+|~~|!?\\[`, 'gs')
/** A delimiter of a formula that is half written, or has no formula yet. */
const BARE_DELIMITER = /(?<!\\)\\$|(?<=^|[\s(])\${1,2}$/

/** Closes open emphasis and code, and removes the syntax of an incomplete link. */
function closeMarks(text: string): string {
  const cut = text
    .replace(BARE_DELIMITER, '')
    .replace(/!?\[([^\]\n]*)\]\([^)\s]*(?:\s[^)\n]*)?$/, '$1')
    .replace(/(^|[\s(*_])!?\[((?:[^\]\s][^\]\n]{0,200})?)\]?$/, '$1$2')
  const open: string[] = []
  let code: string | undefined
  for (const { 0: mark, index } of cut.matchAll(MARKS)) {
    if (/^[\\$]/.test(mark) && code === undefined) continue
    if (mark.startsWith('`')) {
      if (code === undefined) code = mark
      else if (code === mark) code = undefined
      continue
    }
    if (code !== undefined || mark.endsWith('[')) continue
    const before = cut[index - 1] ?? ' '
    const after = cut[index + mark.length] ?? ' '
    const isWord = /\w/.test(before) && /\w/.test(after)
    if ((mark.startsWith('_') || mark === '*') && isWord) continue
    if (open.at(-1) === mark && /\S/.test(before)) open.pop()
    else if (mark.length <= 3 && /\S/.test(after)) open.push(mark)
  }
  if (code !== undefined) return cut.endsWith(code) ? cut.slice(0, -code.length) : cut + code
  // Opening marks without text after them.
  const bare = open.length === 0 ? cut.replace(/(^|\s)(\*{1,3}|_{1,3}|~~?)$/, '$1') : cut
  if (open.length === 0) return bare
  const closed = bare.trimEnd()
  const last = open.at(-1)!
  // In `**bold*` the closing mark is half written.
  const isHalf = last.length > 1 && closed.endsWith(last[0]!) && !closed.endsWith(last)
  const rest = isHalf ? closed.slice(0, -1) : closed.replace(/(^|\s)(\*{1,3}|_{1,3}|~~?)$/, '$1').trimEnd()
  return rest + open.toReversed().join('')
}
