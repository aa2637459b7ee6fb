/** Maximum length of a server's text in an error, in characters. */
const MAX_EXCERPT = 500
/** Maximum length of a whole message or hint, in characters. Only texts of other programs make it longer. */
const MAX_TEXT = 8_000

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/sk-lm-[\w:.*%-]+/g, 'sk-lm-[redacted]'],
  [/\b(bearer)\s+[^\s"',;]+/gi, '$1 [redacted]'],
  // The word is also ordinary English: only text that looks like base64 after it is a secret.
  [/\b([Bb]asic|BASIC)\s+(?=\S*[A-Z\d=])[\w+/=]{8,}/g, '$1 [redacted]'],
  [/\b(authorization|x-api-key|api[-_]?key)(["']?\s*[:=]\s*["']?)(?!bearer |basic )[^\s"',;]+/gi, '$1$2[redacted]'],
  [/data:[\w/+.;=-]*?;base64,[\w+/=-]*/g, 'data:[redacted]'],
  // A long run of base64 is an image or a key, never something a person reads.
  [/[\w+/-]{120,}={0,2}/g, '[redacted]'],
  [/\/\/[^\s/@]+@/g, '//[redacted]@'],
]

// Control characters change the terminal or forge a line of a log, and bidirectional controls reorder what a person reads.
// The two joiners stay: emoji and several scripts need them.
const UNPRINTABLE = /(?:(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+/gu

/** Replaces everything that looks like a credential or an image with `[redacted]`. */
export function redact(text: string): string {
  return SECRETS.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text)
}

/**
 * Makes a text of another program safe to show: redacted, on one line, without characters that a terminal or a reader could
 * be misled by, and no longer than a person reads.
 *
 * @param length - maximum length in characters, without the ellipsis that marks a cut
 */
export function excerpt(text: string, length: number = MAX_EXCERPT): string {
  // Redact a generous prefix first: a cut through the middle of a secret would hide it from the patterns.
  const clean = redact(text.slice(0, length * 8).replace(UNPRINTABLE, ' ')).trim()
  return clean.length > length ? `${clean.slice(0, length)}…` : clean
}

/** Makes a whole message or hint safe to show, whatever it was put together from. */
export const toSafeText = (text: string): string => excerpt(text, MAX_TEXT)
