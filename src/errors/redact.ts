/** Maximum length of a server's text in an error, in characters. */
const MAX_ERROR_TEXT = 500

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

/** Replaces everything that looks like a credential or an image with `[redacted]`. */
export function redact(text: string): string {
  return SECRETS.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text)
}

/**
 * Redacts a text and shortens it to a length that a person reads. Control characters become spaces, because they could
 * change the terminal that shows the text.
 *
 * @param length - maximum length in characters, without the ellipsis that marks a cut
 */
export function excerpt(text: string, length: number = MAX_ERROR_TEXT): string {
  // Redact a generous prefix first: a cut through the middle of a secret would hide it from the patterns.
  const clean = redact(text.slice(0, length * 8).replaceAll(/(?![\n\t])\p{Cc}/gu, ' ')).trim()
  return clean.length > length ? `${clean.slice(0, length)}…` : clean
}
