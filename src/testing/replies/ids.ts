import { alphanumericId, hexId } from '../generate/random.js'
import type { Generation } from '../generation.js'

const seedOf = (generation: Generation): string =>
  `${generation.prompt.route} ${generation.prompt.seed} ${generation.number}`

/** Returns `prefix` and 20 letters or digits, always the same for the same generation. */
export const generationId = (prefix: string, generation: Generation): string =>
  prefix + alphanumericId(`${prefix}${seedOf(generation)}`, 20)

/** Returns `prefix` and hexadecimal digits, as in the ids of stored responses. */
export const hexGenerationId = (prefix: string, generation: Generation, length = 24): string =>
  prefix + hexId(`${prefix}${seedOf(generation)}`, length)
