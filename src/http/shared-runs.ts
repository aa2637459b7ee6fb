/** Shorter runs are ordinary words that two texts share by chance. */
const RUN = 12
const REDACTED = '[redacted]'
// Twelve characters that are each escaped several times are shorter.
const LONG_RANGE = 400
// How much of a source is decoded at a time: V8 ends the process when the decoded text of a huge one does not fit.
const SLICE_LENGTH = 1_000_000

/** Whether a word can be a part of base64. */
const isLikeBase64 = (word: string): boolean => word.length >= RUN && /[A-Z\d+/]/.test(word)

const HASH_BASE = 31
const HASH_LIMIT = 65_536

/**
 * Replaces every run of at least 12 characters of `text` that also occurs in one of `sources`, in whatever usual encoding:
 * escaped as in a URL, JSON, Python or HTML, or as base64, and in whatever case or Unicode form. A Chinese or Japanese
 * character counts twice, since it carries more meaning.
 *
 * @remarks
 * Linear in the length of all texts. A run within one word stays if the word is an identifier or in `names`: a server must be
 * able to name a field or a model.
 */
export function redactSharedRuns(
  text: string,
  sources: readonly string[],
  names: ReadonlySet<string>,
  length: number = RUN,
): string {
  const longSources = sources.filter((source) => weightAtLeast(source, length))
  if (longSources.length === 0 || !weightAtLeast(text, length)) return text
  const covered = coverSharedRuns(text, longSources, length)
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

/** Whether a text can have a run of a length. A long text is not folded for that. */
const weightAtLeast = (text: string, length: number): boolean => text.length >= length || fold(text).length >= length

/** Marks the characters of `text` that belong to a shared run. */
function coverSharedRuns(text: string, sources: readonly string[], length: number): Uint8Array {
  const covered = new Uint8Array(text.length)
  const { chars, starts, ends } = decodeText(text)
  // Where each group of `length` characters begins. A group that was found is removed: it need not be found again.
  const groups = new Map<string, number[]>()
  // Comparing hashes first avoids creating a string for each character of an image.
  const hashes = new Uint8Array(HASH_LIMIT)
  forEachGroup(chars, length, (hash, index) => {
    hashes[hash] = 1
    const group = chars.slice(index, index + length)
    const found = groups.get(group)
    if (found === undefined) groups.set(group, [index])
    else found.push(index)
  })
  const mayQuoteImage = text.split(/\s+/).some(isLikeBase64)
  for (const source of sources) {
    // An image has megabytes and no white space: most texts cannot quote it.
    if (!mayQuoteImage && source.startsWith('data:')) continue
    for (let from = 0; from < source.length; from += SLICE_LENGTH) {
      // Slices overlap, so that each run is whole in one of them.
      const decoded = decode(source.slice(from, from + SLICE_LENGTH + LONG_RANGE))
      forEachGroup(decoded, length, (hash, index) => {
        if (hashes[hash] === 0) return
        const group = decoded.slice(index, index + length)
        for (const found of groups.get(group) ?? []) {
          const [start, end] = [starts[found]!, ends[found + length - 1]!]
          // All characters of a word of base64 come from the whole word, which must not be filled for each.
          const isFilled = end - start > LONG_RANGE && covered[start] === 1 && covered[end - 1] === 1
          if (!isFilled) covered.fill(1, start, end)
        }
        groups.delete(group)
      })
    }
  }
  return covered
}

/** Calls `visit` with the hash and the position of every group of `length` characters. */
function forEachGroup(text: string, length: number, visit: (hash: number, index: number) => void): void {
  let hash = 0
  let power = 1
  for (let index = 0; index < length; index++) power = Math.imul(power, HASH_BASE)
  for (let end = 0; end < text.length; end++) {
    hash = (Math.imul(hash, HASH_BASE) + text.charCodeAt(end)) | 0
    const start = end - length
    if (start >= 0) hash = (hash - Math.imul(power, text.charCodeAt(start))) | 0
    if (start >= -1) visit((hash ^ (hash >>> 16)) & (HASH_LIMIT - 1), start + 1)
  }
}

// Each may be applied several times: `%2520`, `\\\"`, `&amp;quot;`.
const ESCAPE =
  /(?:%(?:25)*[\da-f]{2})+|(?:\\+x[\da-f]{2})+|(?:\\+[0-3][0-7]{2})+|\\+(?:u[\da-f]{4}|u\{[\da-f]{1,6}\}|[nrt]|)|&(?:amp;)*(?:#\d{1,7}|#x[\da-f]{1,6}|quot|apos|amp|lt|gt|nbsp);/gi
const ENTITIES: Readonly<Record<string, string>> = { quot: '"', apos: "'", amp: '&', lt: '<', gt: '>', nbsp: ' ' }

/** A server may wrap lines, and in a URL a plus is a space. */
const normalizeSpace = (text: string): string => text.replace(/[\s+]+/g, ' ')

// Letters of Chinese and Japanese, each of which is about as much as a syllable. Korean ones are taken apart.
const WIDE = /[\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff]/
const FILLER = '\x01'

/** Brings both texts into one case and Unicode form, and makes a character longer that counts for more. */
const fold = (text: string): string =>
  text
    .replace(/[^\0-\x7f]/gu, (char) => (WIDE.test(char) ? char.normalize('NFC') + FILLER : char.normalize('NFKD')))
    .toUpperCase()

const decode = (text: string): string => fold(normalizeSpace(text.replace(ESCAPE, decodeEscape))).replaceAll('\0', ' ')

function decodeEscape(escape: string): string {
  const code = /^\\+u\{?([\da-f]+)\}?$/i.exec(escape)?.[1] ?? /#x([\da-f]+);$/i.exec(escape)?.[1]
  if (escape.startsWith('%')) return fromBytes(escape.replace(/%(?:25)+(?=[\da-f]{2})/gi, '%'), /%(..)/g, 16)
  if (/^\\+x/i.test(escape)) return fromBytes(escape, /\\+x(..)/gi, 16)
  if (/^\\+\d/.test(escape)) return fromBytes(escape, /\\+(\d{3})/g, 8)
  if (code !== undefined) return toChar(parseInt(code, 16))
  if (escape.startsWith('\\')) return /[nrt]$/.test(escape) ? ' ' : ''
  const [, decimal, name = ''] = /(?:#(\d+)|(\w+));$/.exec(escape)!
  return decimal === undefined ? ENTITIES[name.toLowerCase()]! : toChar(Number(decimal))
}

const UTF8 = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/g

/** Decodes escaped bytes: as UTF-8, and what is not UTF-8, such as a character that was cut, as Latin-1. */
function fromBytes(escape: string, pattern: RegExp, radix: number): string {
  const bytes = escape.replace(pattern, (_, digits: string) => toChar(parseInt(digits, radix)))
  return bytes.replace(UTF8, (char) => new TextDecoder().decode(Uint8Array.from(char, (byte) => byte.charCodeAt(0))))
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
    let index = start
    for (const char of piece) {
      const [from, to] = isEscape ? [start, end] : [index, index + char.length]
      index += char.length
      const folded = fold(normalizeSpace(char))
      if (folded === ' ' && chars.endsWith(' ')) {
        ends[ends.length - 1] = to
      } else {
        chars += folded
        for (let unit = 0; unit < folded.length; unit++) {
          starts.push(from)
          ends.push(to)
        }
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
  if (end > 0) {
    // Also as it is: what looks like an escape can be a character before a quote and the first letters of the quote.
    add('\0', 0, 0, true)
    add(text, 0, text.length, false)
  }
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

// A field, a path or an ordinary word, perhaps at the start of a sentence. Longer words without a separator can be a secret.
const IDENTIFIER = /^[/[\].]*[A-Za-z][a-z]{0,15}\d?(?:[/[\]._-]+(?:[a-z]{1,16}\d?|\d{1,3}))*\]?$/
// The start of an API key.
const KEY = /^sk-/
const WORD = /[\w.:@/[\]-]/

/** Whether a run lies within one word that a server has reason to use itself. */
function isName(text: string, start: number, end: number, names: ReadonlySet<string>): boolean {
  if (/\S\s+\S/.test(text.slice(start, end))) return false
  let from = start
  let to = end
  while (from < to && !WORD.test(text[from]!)) from++
  while (to > from && !WORD.test(text[to - 1]!)) to--
  while (from > 0 && WORD.test(text[from - 1]!)) from--
  while (to < text.length && WORD.test(text[to]!)) to++
  const word = text.slice(from, to).replace(/^[.:]+|[.:]+$/g, '')
  return !KEY.test(word) && (IDENTIFIER.test(word) || names.has(word))
}
