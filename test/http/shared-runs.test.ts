import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redactSharedRuns } from '../../src/http/shared-runs.js'

const PROMPT = 'Say "hello" to Zoë & the 3 gulls:\n<b>bold plans</b> for café 42, at 50% off'
const NO_NAMES = new Set<string>()
const redacted = (text: string, source = PROMPT, names: ReadonlySet<string> = NO_NAMES): string =>
  redactSharedRuns(text, [source], names)

/** Every group of `length` characters that `text` and `source` share, without white space at its ends. */
function sharedGroups(text: string, source: string, length: number): string[] {
  const groups = Array.from({ length: Math.max(0, source.length - length + 1) }, (_, index) =>
    source.slice(index, index + length),
  )
  return groups.filter((group) => text.includes(group))
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const python = (text: string): string => `'${text.replaceAll('\n', '\\n').replaceAll('ë', '\\xeb')}'`
const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

describe('redactSharedRuns', () => {
  it('replaces a run of 12 characters and keeps one of 11', () => {
    expect(redacted('beginning with: Say "hello" .')).toBe('beginning with: [redacted] .')
    expect(redacted('beginning with: Say "hello".')).toBe('beginning with: Say "hello".')
  })

  // 12 characters with that one, so that nothing is found unless it is decoded.
  it.each<[string, readonly string[]]>([
    [
      'ë',
      [
        String.raw`\u00eb`,
        String.raw`\\u00EB`,
        String.raw`\u{eb}`,
        String.raw`\xc3\xab`,
        String.raw`\\xc3\\xab`,
        String.raw`\303\253`,
        String.raw`\\303\\253`,
        String.raw`\xeb`,
        '%C3%AB',
        '%25C3%25AB',
        '%2525c3%2525ab',
        '&#235;',
        '&#xeb;',
        '&amp;#235;',
        '&amp;amp;#xEB;',
      ],
    ],
    ['"', [String.raw`\"`, String.raw`\\\"`, '&quot;', '&QUOT;', '%22']],
    ["'", ['&apos;', '&#39;', String.raw`\'`]],
    ['&', ['&amp;', '&amp;amp;', '%26']],
    ['<', ['&lt;', String.raw`\u003c`]],
    ['>', ['&gt;', '%3e']],
    ['漢', ['%E6%BC%A2', String.raw`\xe6\xbc\xa2`, String.raw`\u6f22`, '&#28450;']],
    ['🐦', ['%F0%9F%90%A6', String.raw`\xf0\x9f\x90\xa6`, String.raw`\u{1f426}`, '&#x1f426;']],
    ['\u{10ffff}', ['&#x10ffff;', String.raw`\u{10ffff}`]],
  ])('finds the character %s, however it is escaped', (char, escapes) => {
    const before = char.length === 1 ? 'gull ' : 'gul '
    for (const escape of escapes) {
      expect(redacted(`bad: “${before}${escape} terns”`, `${before}${char} terns`)).toBe('bad: “[redacted]”')
    }
  })

  it.each(['\n', '\r\n', '\t', '  ', '+', '&nbsp;', String.raw`\n`, String.raw`\t`, String.raw`\\r`])(
    'takes %j for the white space between two words',
    (space) => {
      expect(redacted(`bad: “gulls${space}terns9”`, 'gulls terns9')).toBe('bad: “[redacted]”')
    },
  )

  it('passes over an escape that is no character', () => {
    expect(redacted('bad: “gulls &#1114112;terns9”', 'gulls terns9')).toBe('bad: “[redacted]”')
  })

  it('keeps the words around a run', () => {
    expect(redacted('Invalid prompt: “to Zoë & the 3 gulls…” (rejected)')).toBe(
      'Invalid prompt: “[redacted]…” (rejected)',
    )
  })

  it.each<[string, (text: string) => string]>([
    ['as it is', (text) => text],
    ['in a URL', encodeURIComponent],
    ['in a form', (text) => new URLSearchParams({ q: text }).toString()],
    ['in a URL twice', (text) => encodeURIComponent(encodeURIComponent(text))],
    ['in JSON', JSON.stringify],
    ['in JSON in JSON', (text) => JSON.stringify(JSON.stringify(text))],
    [
      'in JSON with escaped characters',
      (text) => JSON.stringify(text).replaceAll('ë', '\\u00eb').replaceAll('é', '\\u00e9'),
    ],
    ['as Python prints it', python],
    ['in HTML', html],
    ['in HTML with numbers', (text) => html(text).replaceAll('&quot;', '&#34;').replaceAll('&amp;', '&#x26;')],
    ['in HTML twice', (text) => html(html(text))],
    ['in base64', base64],
    ['in base64url', (text) => Buffer.from(text).toString('base64url')],
    ['on other lines', (text) => text.replaceAll(' ', '\n  ')],
  ])('finds a prompt that is quoted %s', (_, encode) => {
    const quoted = encode(PROMPT)
    const result = redacted(`Bad input ${quoted} here`)
    expect(result).toContain('Bad input')
    expect(result).toContain('here')
    expect(result).toContain('[redacted]')
    expect(result).not.toMatch(/hello|gulls|bold|plans|caf|Z[^a-z]?o/)
    expect(sharedGroups(result, quoted, 16)).toEqual([])
  })

  const bytes = (text: string, write: (byte: number) => string): string =>
    [...Buffer.from(text)].map((byte) => (byte > 126 ? write(byte) : String.fromCharCode(byte))).join('')
  const chars = (text: string, write: (code: number) => string): string =>
    [...text].map((char) => (char > '~' ? write(char.codePointAt(0)!) : char)).join('')

  it.each<[string, (text: string) => string]>([
    ['in HTML with hexadecimal numbers', (text) => chars(text, (code) => `&#x${code.toString(16)};`)],
    ['in HTML with decimal numbers', (text) => chars(text, (code) => `&#${code};`)],
    ['in HTML in upper case', (text) => chars(text, (code) => `&#X${code.toString(16).toUpperCase()};`)],
    ['as the bytes of Python', (text) => bytes(text, (byte) => `\\x${byte.toString(16)}`)],
    ['as octal bytes', (text) => bytes(text, (byte) => `\\${byte.toString(8)}`)],
    ['as a string of Rust', (text) => chars(text, (code) => `\\u{${code.toString(16)}}`)],
    ['in decomposed form', (text) => text.normalize('NFD')],
    ['in compatibility form', (text) => text.normalize('NFKD')],
    ['in upper case', (text) => text.toUpperCase()],
    ['in lower case', (text) => text.toLowerCase()],
  ])('finds a part with umlauts that is quoted %s', (_, encode) => {
    const prompt = 'Wie hoch ist die größe über alles von Jürgen Müßig?'
    for (const part of ['größe über', 'größe über alles', 'Jürgen Müßig']) {
      expect(redacted(`bad: “${encode(part)}”`, prompt)).toBe('bad: “[redacted]”')
    }
  })

  it('finds a part of a prompt that was decomposed itself', () => {
    const prompt = 'die größe über alles'
    expect(redacted(`bad: “${prompt}”`, prompt.normalize('NFD'))).toBe('bad: “[redacted]”')
  })

  it('decodes the rest of bytes that are cut within a character', () => {
    expect(redacted(String.raw`bad: \xb6\xc3\x9fe \xc3\xbcber alles \xc3`, 'die größe über alles')).toMatch(
      /^bad: (\\xb6)?(\[redacted\]|\\xc3|\\x9f| )+$/,
    )
  })

  it.each([
    ['Chinese', '我的银行密码是七八九', 6],
    ['Japanese', 'わたしのあんしょうばんごう', 6],
    ['Korean', '비밀번호는무엇입니까', 6],
  ])('counts a character of %s at least twice', (_, prompt, count) => {
    const part = [...prompt].slice(1, 1 + count).join('')
    expect(redacted(`拒绝: “${part}”`, prompt)).toBe('拒绝: “[redacted]”')
    expect(redacted(part, prompt)).toBe('[redacted]')
    expect(redacted(`“${[...prompt].slice(1, 4).join('')}”`, prompt)).not.toContain('redacted')
  })

  it('keeps a word at the start of a sentence, which the prompt has in lower case', () => {
    expect(redacted('Conversation roles must alternate', 'in our conversation about')).toBe(
      'Conversation roles must alternate',
    )
  })

  it.each([0, 1, 2, 3, 5])('finds a part of a prompt in base64 that begins at byte %i', (from) => {
    const part = base64(PROMPT).slice(from, from + 40)
    expect(redacted(`image ${part} refused`)).toBe('image [redacted] refused')
  })

  it('finds a part of an image', () => {
    const image = `data:image/png;base64,${base64(String.fromCharCode(...Array.from({ length: 250 }, (_, byte) => (byte * 7) % 128)))}`
    const part = image.slice(100, 130)
    expect(redacted(`cannot decode ${part}`, image)).not.toContain(part.slice(0, 12))
    expect(redacted(`cannot decode ${encodeURIComponent(part)}`, image)).not.toContain(part.slice(0, 12))
  })

  it.each([
    'temperature',
    'response_format',
    'max_completion_tokens',
    'tools.8.type',
    'messages[0].content',
    'messages.128.content',
    '/v1/chat/completions',
    '::response_format',
    '...response_format...',
    'risk-assessment',
  ])('keeps the field or word %s, although the prompt has it too', (word) => {
    const text = `The value '${word}' is not supported.`
    expect(redacted(text, `what does ${word} mean`)).toBe(text)
  })

  it('keeps names of the request, and redacts other words of their kind', () => {
    const prompt = 'I use Acme/Tern-4B-Instruct-2507 and hunter2-Hunter2'
    const names = new Set(['Acme/Tern-4B-Instruct-2507'])
    expect(redacted('no model Acme/Tern-4B-Instruct-2507.', prompt, names)).toBe('no model Acme/Tern-4B-Instruct-2507.')
    expect(redacted('no model hunter2-Hunter2.', prompt, names)).toBe('no model [redacted].')
    expect(redacted('no model Acme/Tern-4B-Instruct-2507.', prompt)).not.toContain('Tern')
  })

  it.each(['temperature outside', 'temperature  outside'])(
    'redacts the two words “%s”, even if they are a name',
    (name) => {
      expect(redacted(`bad: ${name}`, `the ${name}`, new Set([name]))).toBe('bad: [redacted]')
    },
  )

  it('redacts a word that is the part of another', () => {
    expect(redacted('bad: 7Q9completion_tokens', 'the completion_tokens')).toBe('bad: 7Q9[redacted]')
    expect(redacted('bad: completion_tokens7Q9', 'the completion_tokens')).toBe('bad: [redacted]7Q9')
  })

  it('redacts two words even if each may stay', () => {
    expect(redacted('bad: temperature outside', 'the temperature outside')).toBe('bad: [redacted]')
    expect(redacted('bad: temperature \n outside', 'the temperature outside')).toBe('bad: [redacted]')
  })

  it('never keeps a run of two words that a text shares with a prompt', () => {
    const words = fc.array(fc.stringMatching(/^[A-Za-z0-9,]{1,9}$/), { minLength: 4, maxLength: 30 })
    fc.assert(
      fc.property(
        words,
        fc.string({ maxLength: 30 }),
        fc.nat(),
        fc.integer({ min: 12, max: 60 }),
        (list, before, at, length) => {
          const prompt = list.join(' ')
          const start = at % prompt.length
          const part = prompt.slice(start, start + length)
          fc.pre(part.length >= 12 && /\S \S/.test(part))
          const result = redacted(`${before}${part}`, prompt)
          expect(sharedGroups(result, prompt, 12).filter((group) => /\S \S/.test(group))).toEqual([])
        },
      ),
    )
  })

  it.each(['%', '\\', '\\x', '&#'])('finds a quote behind %s, which makes an escape of its first letters', (before) => {
    expect(redacted(`bad: ${before}30a a;0aA ,,A`, '30a a;0aA ,,A')).toMatch(/^bad: \S*\[redacted\]$/)
  })

  it('finds a quote at each place of a prompt that is taken in pieces', () => {
    const quote = 'the temperature outside'
    for (const at of [999_970, 999_999, 1_000_000, 1_000_390, 1_000_399]) {
      expect(redacted(`bad: ${quote}`, `${'x'.repeat(at)} ${quote} ${'y'.repeat(2_000)}`)).toBe('bad: [redacted]')
    }
  })

  it('visits each character of a long prompt once', () => {
    const text = 'aaaaaaaaaaa!'.repeat(300)
    const source = 'aaaaaaaaaaa?'.repeat(50_000)
    expect(redacted(text, source)).toBe(text)
    expect(redacted('a'.repeat(3_000), 'a'.repeat(500_000))).toBe('[redacted]')
    const long = base64('gull '.repeat(900))
    expect(redacted(long, 'gull '.repeat(100_000))).toBe('[redacted]')
  })
})
