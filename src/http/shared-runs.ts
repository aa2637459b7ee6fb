/** Shorter runs are ordinary words that two texts share by chance. */
const RUN = 12
const REDACTED = '[redacted]'
// Twelve characters that are each escaped several times are shorter.
const LONG_RANGE = 400

// What a part of base64 looks like.
const LONG_WORD = /(?=\S{12})\S*[A-Z\d+/]/

const HASH_BASE = 31
const HASH_LIMIT = 65_536

/**
 * Replaces every run of at least 12 characters of `text` that also occurs in one of `sources`, in whatever usual encoding:
 * escaped as in a URL, JSON, Python or HTML, or as base64.
 *
 * @remarks
 * Linear in the length of all texts. A run within one word stays if the word is an identifier or in `names`: a server must be
 * able to name a field or a model.
 */
export function redactSharedRuns(text: string, sources: readonly string[], names: ReadonlySet<string>): string {
  const longSources = sources.filter(({ length }) => length >= RUN)
  if (text.length < RUN || longSources.length === 0) return text
  const covered = coverSharedRuns(text, longSources)
  let result = ''
  let end = 0
  for (let start = covered.indexOf(1); start >= 0; start = covered.indexOf(1, end)) {
    const next = covered.indexOf(0, start)
    const runEnd = next < 0 ? text.length : next
    const run = text.slice(start, runEnd)
    // White space at the ends of a run separates it from the words around it.
    const shown = isName(text, start, runEnd, names) ? run : run.replace(/\S(?:[^]*\S)?/, REDACTED)
    result += text.slice(end, start) + shown
    end = runEnd
  }
  return result + text.slice(end)
}

/** Marks the characters of `text` that belong to a shared run. */
function coverSharedRuns(text: string, sources: readonly string[]): Uint8Array {
  const covered = new Uint8Array(text.length)
  const { chars, starts, ends } = decodeText(text)
  // Where each group of 12 characters begins. A group that was found is removed: it need not be found again.
  const groups = new Map<string, number[]>()
  // Comparing hashes first avoids creating a string for each character of an image.
  const hashes = new Uint8Array(HASH_LIMIT)
  forEachGroup(chars, (hash, index) => {
    hashes[hash] = 1
    const group = chars.slice(index, index + RUN)
    const found = groups.get(group)
    if (found === undefined) groups.set(group, [index])
    else found.push(index)
  })
  const mayQuoteImage = LONG_WORD.test(text)
  for (const source of sources) {
    // An image has megabytes and no white space: most texts cannot quote it.
    if (!mayQuoteImage && source.startsWith('data:')) continue
    const decoded = decode(source)
    forEachGroup(decoded, (hash, index) => {
      if (hashes[hash] === 0) return
      const group = decoded.slice(index, index + RUN)
      for (const found of groups.get(group) ?? []) {
        const [start, end] = [starts[found]!, ends[found + RUN - 1]!]
        // All characters of a word of base64 come from the whole word, which must not be filled for each.
        const isFilled = end - start > LONG_RANGE && covered[start] === 1 && covered[end - 1] === 1
        if (!isFilled) covered.fill(1, start, end)
      }
      groups.delete(group)
    })
  }
  return covered
}

/** Calls `visit` with the hash and the position of every group of 12 characters. */
function forEachGroup(text: string, visit: (hash: number, index: number) => void): void {
  let hash = 0
  let power = 1
  for (let index = 0; index < RUN; index++) power = Math.imul(power, HASH_BASE)
  for (let end = 0; end < text.length; end++) {
    hash = (Math.imul(hash, HASH_BASE) + text.charCodeAt(end)) | 0
    const start = end - RUN
    if (start >= 0) hash = (hash - Math.imul(power, text.charCodeAt(start))) | 0
    if (start >= -1) visit((hash ^ (hash >>> 16)) & (HASH_LIMIT - 1), start + 1)
  }
}

// Each may be applied several times: `%2520`, `\\\"`, `&amp;quot;`.
const ESCAPE =
  /(?:%(?:25)*[\da-f]{2})+|\\+(?:u[\da-f]{4}|x[\da-f]{2}|[nrt]|)|&(?:amp;)*(?:#\d{1,7}|#x[\da-f]{1,6}|quot|apos|amp|lt|gt|nbsp);/gi
const ENTITIES: Readonly<Record<string, string>> = { quot: '"', apos: "'", amp: '&', lt: '<', gt: '>', nbsp: ' ' }

/** A server may wrap lines, and in a URL a plus is a space. */
const normalizeSpace = (text: string): string => text.replace(/[\s+]+/g, ' ')

const decode = (text: string): string => normalizeSpace(text.replace(ESCAPE, decodeEscape)).replaceAll('\0', ' ')

function decodeEscape(escape: string): string {
  const code = /^\\+[ux]([\da-f]+)$/i.exec(escape)?.[1] ?? /#x([\da-f]+);$/i.exec(escape)?.[1]
  if (escape.startsWith('%')) return decodePercent(escape.replace(/%(?:25)+(?=[\da-f]{2})/gi, '%'))
  if (code !== undefined) return toChar(parseInt(code, 16))
  if (escape.startsWith('\\')) return /[nrt]$/.test(escape) ? ' ' : ''
  const [, decimal, name = ''] = /(?:#(\d+)|(\w+));$/.exec(escape)!
  return decimal === undefined ? ENTITIES[name.toLowerCase()]! : toChar(Number(decimal))
}

function decodePercent(escape: string): string {
  try {
    return decodeURIComponent(escape)
  } catch {
    // Cut within a character, or not UTF-8.
    return escape.replace(/%(..)/g, (_, hex: string) => toChar(parseInt(hex, 16)))
  }
}

const toChar = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '')

/** A decoded text, with the place in the original that each character comes from. */
interface DecodedText {
  readonly chars: string
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

/** Decodes a text, followed by what its words mean as base64. */
function decodeText(text: string): DecodedText {
  const starts: number[] = []
  const ends: number[] = []
  let chars = ''
  function add(piece: string, start: number, end: number, isEscape: boolean): void {
    for (let index = 0; index < piece.length; index++) {
      const char = normalizeSpace(piece[index]!)
      const [from, to] = isEscape ? [start, end] : [start + index, start + index + 1]
      if (char === ' ' && chars.endsWith(' ')) {
        ends[ends.length - 1] = to
      } else {
        chars += char
        starts.push(from)
        ends.push(to)
      }
    }
  }
  let end = 0
  for (const { 0: escape, index } of text.matchAll(ESCAPE)) {
    add(text.slice(end, index), end, index, false)
    end = index + escape.length
    add(decodeEscape(escape), index, end, true)
  }
  add(text.slice(end), end, text.length, false)
  for (const { 0: word, index } of text.matchAll(/[\w+/-]{16,}/g)) {
    // A quote can begin anywhere within a group of four.
    for (let skipped = 0; skipped < 4; skipped++) {
      add(`\0${normalizeSpace(decodeBase64(word.slice(skipped)))}`, index, index + word.length, true)
    }
  }
  return { chars, starts, ends }
}

function decodeBase64(text: string): string {
  const whole = text.slice(0, text.length - (text.length % 4))
  const binary = atob(whole.replaceAll('-', '+').replaceAll('_', '/'))
  return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)))
}

// A field, a path or an ordinary word. Longer words without a separator can be a secret.
const IDENTIFIER = /^[/[\].]*[a-z]{1,16}\d?(?:[/[\]._-]+(?:[a-z]{1,16}\d?|\d{1,3}))*\]?$/
const WORD = /[\w.:@/[\]-]/

/** Whether a run lies within one word that a server has reason to use itself. */
function isName(text: string, start: number, end: number, names: ReadonlySet<string>): boolean {
  let from = start
  let to = end
  while (from < to && !WORD.test(text[from]!)) from++
  while (to > from && !WORD.test(text[to - 1]!)) to--
  while (from > 0 && WORD.test(text[from - 1]!)) from--
  while (to < text.length && WORD.test(text[to]!)) to++
  const word = text.slice(from, to).replace(/^[.:]+|[.:]+$/g, '')
  return !/\s/.test(word) && (IDENTIFIER.test(word) || names.has(word))
}
