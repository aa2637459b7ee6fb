import type { TokenizerAndRendererExtension, Tokens } from 'marked'
import { escapeHTML } from './escape-html.js'

/** Follows a formula that is still streaming. Private use, so that no text contains it by chance. */
const PARTIAL = '\uE0A1'

const ENVIRONMENT = String.raw`\\begin\{(?<name>(?:equation|align|gather|multline|alignat|eqnarray)\*?)\}`
/** Text without an empty line, as short as possible. */
const BODY = String.raw`(?:(?!\n[ \t]*\n)[^])*?`

const BLOCK = new RegExp(
  String.raw`^ {0,3}(?:\\\[(${BODY})\\\]|\$\$(${BODY})\$\$|(${ENVIRONMENT}${BODY}\\end\{\k<name>\}))[ \t]*(?:\n+|$)`,
)
const BLOCK_START = new RegExp(String.raw`(?<=\n) {0,3}(?:\\\[|\$\$|${ENVIRONMENT})`)
const INLINE_DISPLAY = new RegExp(String.raw`^(?:\\\[(${BODY})\\\]|\$\$(${BODY})\$\$)`)
const PARENTHESES = new RegExp(String.raw`^\\\((${BODY})\\\)`)
/** As in Pandoc: no space inside the dollar signs and no letter or digit after the closing one. */
const DOLLARS = /^\$(?![\s$])((?:\\[^]|[^\\$\n]|\n(?!\s*\n))*?)(?<![\s\\])\$(?![\w$])/

/** An amount of money and prose, as between the dollar signs of `$5 and US$`. */
const isMoney = (text: string): boolean =>
  /^[\d.,]/.test(text) &&
  /(?:^|[\s–-])\(?[A-Za-z]{2,}(?![A-Za-z{])/.test(text.replaceAll(/\\[a-z]+(?:\{[^}]*\})?/gi, ''))

interface MathToken extends Tokens.Generic {
  readonly source: string
  readonly isDisplay: boolean
}

const token = (type: string, raw: string, source: string, isDisplay: boolean): MathToken => ({
  type,
  raw,
  source,
  isDisplay,
})

/** Classes of an element with the source of a formula; ./render-math.ts replaces it. */
function toHTML(tag: 'div' | 'span', { source, isDisplay, raw }: MathToken): string {
  const display = isDisplay ? ' md-math-display' : ''
  // A formula that is still streaming shows its source.
  if (!source.endsWith(PARTIAL)) return `<${tag} class="md-math${display}">${escapeHTML(source.trim())}</${tag}>`
  const shown = isDisplay ? source : raw.slice(0, raw.indexOf(PARTIAL))
  return `<${tag} class="md-math-partial${display}">${escapeHTML(shown.replace(PARTIAL, '').trim())}</${tag}>`
}

/** Marked extensions for formulas: `\(…\)`, `\[…\]`, `$…$`, `$$…$$` and environments such as `align`. */
export const MATH_EXTENSIONS: TokenizerAndRendererExtension[] = [
  {
    name: 'math-block',
    level: 'block',
    start: (src) => BLOCK_START.exec(src)?.index,
    tokenizer(src) {
      const [raw, brackets, dollars, environment] = BLOCK.exec(src) ?? []
      const source = brackets ?? dollars ?? environment
      if (raw === undefined || source === undefined || source.trim() === '') return undefined
      return token('math-block', raw, source, true)
    },
    renderer: (one) => toHTML('div', one as MathToken),
  },
  {
    name: 'math',
    level: 'inline',
    start: (src) => /\\[([]|\$/.exec(src)?.index,
    tokenizer(src) {
      const [display, brackets, pair] = INLINE_DISPLAY.exec(src) ?? []
      if (display !== undefined) return token('math', display, brackets ?? pair!, true)
      const [raw, source] = PARENTHESES.exec(src) ?? DOLLARS.exec(src) ?? []
      if (raw === undefined || source === undefined || source.trim() === '') return undefined
      return raw.startsWith('$') && isMoney(source) ? undefined : token('math', raw, source, false)
    },
    renderer: (one) => toHTML('span', one as MathToken),
  },
]

/** A complete formula. */
export const FORMULA = String.raw`\\\(${BODY}\\\)|\\\[${BODY}\\\]|\$\$${BODY}\$\$|\$(?![\s$])(?:\\[^]|[^\\$\n])*?(?<![\s\\])\$(?![\w$])`

const DELIMITER = /`+|\\[()[\]]|\\[^]|\$\$|\$/g
const CLOSING: Readonly<Record<string, string>> = { '\\(': '\\)', '\\[': '\\]', $$: '$$', $: '$' }

/**
 * Closes a formula at the end of a streaming text and marks it as partial. Returns `undefined` if no formula is open.
 */
export function completeMath(text: string): string | undefined {
  DELIMITER.lastIndex = 0
  for (;;) {
    const found = DELIMITER.exec(text)
    if (found === null) return undefined
    const [mark] = found
    const after = found.index + mark.length
    if (mark.startsWith('`')) {
      const end = text.indexOf(mark, after)
      if (end === -1) return undefined
      DELIMITER.lastIndex = end + mark.length
      continue
    }
    const closing = CLOSING[mark]
    if (closing === undefined) continue
    if (mark === '$') {
      const whole = DOLLARS.exec(text.slice(found.index))
      if (whole !== null) {
        if (!isMoney(whole[1]!)) DELIMITER.lastIndex = found.index + whole[0].length
        continue
      }
      const rest = text.slice(after)
      // Money, or a dollar sign that closed nothing.
      if (rest === '' || /^[\s\d]/.test(rest) || rest.includes('$') || rest.length > 200) continue
    } else {
      const end = text.indexOf(closing, after)
      if (end !== -1) {
        DELIMITER.lastIndex = end + closing.length
        continue
      }
    }
    // A delimiter that is half written.
    const body = text.slice(after).replace(/\s*(?:\\|(?<=^|[^$])\$)$/, '')
    return text.slice(0, after) + body + PARTIAL + closing
  }
}
