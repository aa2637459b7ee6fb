import type { DecisionQuestion } from '../requests/decisions.js'
import { embedText } from './embed-text.js'
import { hash } from './random.js'

// Enough for texts that share words to differ clearly, and few enough to be fast.
const DIMENSIONS = 64
// How strongly a shared word counts.
const SHARPNESS = 6

function similarity(left: string, right: string): number {
  const vector = embedText(right, DIMENSIONS)
  return embedText(left, DIMENSIONS).reduce((sum, value, index) => sum + value * (vector[index] ?? 0), 0)
}

/** A small number from the text, so that options without a shared word differ as well. */
const noise = (text: string): number => (hash(text) % 1000) / 2000

const round = (value: number): number => Number(value.toFixed(6))

/**
 * Returns a probability for each option, always the same for the same texts: an option that shares words with the input is
 * more likely. They add up to 1.
 */
function distribute(input: string, options: readonly string[]): number[] {
  const weights = options.map((option) => Math.exp(SHARPNESS * similarity(input, option) + noise(input + option)))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const probabilities = weights.slice(0, -1).map((weight) => round(weight / total))
  return [...probabilities, round(1 - probabilities.reduce((sum, probability) => sum + probability, 0))]
}

/** An answer before it is put into the shape of a route. */
export interface Decision {
  /** One per option; for a predicate, “no” and “yes”. */
  readonly probabilities: readonly number[]
  /** Index of the most likely option. */
  readonly best: number
  /** The expected index. */
  readonly expectation: number
  /** 0 if all options are equally likely, 1 if one of them is certain. */
  readonly confidence: number
}

/** Answers a question about an input. */
export function decide(input: string, { options, instructions }: DecisionQuestion): Decision {
  const texts =
    options.length === 0 ? ['', instructions] : options.map(({ value, description }) => `${value} ${description}`)
  const probabilities = distribute(input, texts)
  const highest = Math.max(...probabilities)
  const even = 1 / probabilities.length
  return {
    probabilities,
    best: probabilities.indexOf(highest),
    expectation: round(probabilities.reduce((sum, probability, index) => sum + probability * index, 0)),
    confidence: round(Math.max(0, (highest - even) / (1 - even))),
  }
}
