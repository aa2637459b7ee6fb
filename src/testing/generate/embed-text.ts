import { hash } from './random.js'

/** Words that occur in texts about anything. */
const stopWords = /* @__PURE__ */ new Set([
  'a',
  'an',
  'and',
  'are',
  'as',
  'at',
  'be',
  'by',
  'for',
  'from',
  'in',
  'is',
  'it',
  'of',
  'on',
  'or',
  'the',
  'to',
  'was',
  'were',
  'with',
])

/** Removes plural and tense endings, so that "cat" and "cats", "sail" and "sailing" share their strongest feature. */
function stem(word: string): string {
  return word.length > 3 ? word.replace(/(?:ies|ing|ed|es|s)$/u, '') : word
}

function addFeature(vector: Float64Array, feature: string, weight: number): void {
  const code = hash(feature)
  const index = (code >>> 1) % vector.length
  vector[index] = (vector[index] ?? 0) + (code & 1 ? weight : -weight)
}

/**
 * Returns a unit vector for a text, built from hashed word stems and character trigrams: texts that share words or
 * parts of words have a higher cosine similarity than texts that do not. Also works for an empty text.
 */
export function embedText(text: string, dimensions: number): number[] {
  const vector = new Float64Array(dimensions)
  const words = text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  const contentWords = words.filter((word) => !stopWords.has(word))
  for (const word of contentWords.length > 0 ? contentWords : words) {
    addFeature(vector, `stem ${stem(word)}`, 2)
    const padded = `<${word}>`
    for (let start = 0; start + 3 <= padded.length; start += 1) {
      addFeature(vector, `gram ${padded.slice(start, start + 3)}`, 0.5)
    }
  }
  if (words.length === 0) addFeature(vector, `text ${text}`, 1)
  let length = Math.hypot(...vector)
  if (length === 0) {
    // All features canceled each other out. Any direction will do, but the length must be 1.
    vector[0] = 1
    length = 1
  }
  return Array.from(vector, (value) => Number((value / length).toFixed(7)))
}
