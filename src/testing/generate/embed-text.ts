import { hash } from './random.js'

/** Words too common to say what a text is about. */
const common = new Set('a an and are as at be by for from in is it of on or the to was were with'.split(' '))

/** Plural and tense endings are cut so that "cat" and "cats", "sail" and "sailing" share their strongest feature. */
function stem(word: string): string {
  return word.length > 3 ? word.replace(/(?:ies|ing|ed|es|s)$/u, '') : word
}

function addFeature(vector: Float64Array, feature: string, weight: number): void {
  const code = hash(feature)
  const index = (code >>> 1) % vector.length
  vector[index] = (vector[index] ?? 0) + (code & 1 ? weight : -weight)
}

/**
 * A unit vector for a text, from hashed word stems and character trigrams: texts that share words or parts of words
 * are closer by cosine than texts that do not. An empty text has a vector too.
 */
export function embedText(text: string, dimensions: number): number[] {
  const vector = new Float64Array(dimensions)
  const words = text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  const telling = words.filter((word) => !common.has(word))
  for (const word of telling.length > 0 ? telling : words) {
    addFeature(vector, `stem ${stem(word)}`, 2)
    const padded = `<${word}>`
    for (let start = 0; start + 3 <= padded.length; start += 1) {
      addFeature(vector, `gram ${padded.slice(start, start + 3)}`, 0.5)
    }
  }
  if (words.length === 0) addFeature(vector, `text ${text}`, 1)
  let length = Math.hypot(...vector)
  if (length === 0) {
    // Every feature met its own opposite; the direction is then arbitrary, its length is not.
    vector[0] = 1
    length = 1
  }
  return Array.from(vector, (value) => Number((value / length).toFixed(7)))
}
