import { random } from './random.js'

const words: readonly string[] = [
  'lorem',
  'ipsum',
  'dolor',
  'sit',
  'amet',
  'consectetur',
  'adipiscing',
  'elit',
  'sed',
  'do',
  'eiusmod',
  'tempor',
  'incididunt',
  'ut',
  'labore',
  'et',
  'dolore',
  'magna',
  'aliqua',
  'über',
  'naïve',
  'café',
  'tern',
  'heron',
  'plover',
  '🌊',
]

/** Returns exactly `count` words. The first is always "lorem"; some contain multi-byte characters. */
export function lorem(count: number, seed: number): string {
  const next = random(seed)
  const picked = Array.from({ length: count }, (_, index) =>
    index === 0 ? 'lorem' : words[Math.floor(next() * words.length)],
  )
  return picked.join(' ')
}
