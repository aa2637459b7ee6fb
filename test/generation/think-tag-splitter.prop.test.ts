import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ThinkTagSplitter, type SplitContent } from '../../src/generation/think-tag-splitter.js'
import { cutAt, cuts } from '../helpers/bytes.js'

function split(pieces: readonly string[]): SplitContent {
  const splitter = new ThinkTagSplitter()
  const parts = [...pieces.map((piece) => splitter.push(piece)), splitter.end()]
  return { text: parts.map(({ text }) => text).join(''), reasoning: parts.map(({ reasoning }) => reasoning).join('') }
}

const piece = fc.oneof(
  fc.constantFrom('<think>', '</think>', '<thi', 'nk>', '</', '<', '>', ' ', '\n', 'a', '🐦'),
  fc.string({ maxLength: 4 }),
)
const content = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('')),
  fc.array(piece, { maxLength: 8 }).map((parts) => `<think>${parts.join('')}`),
)

describe('ThinkTagSplitter', () => {
  it('gives the same however the content is cut', () => {
    fc.assert(
      fc.property(content, cuts, (text, at) => {
        expect(split(cutAt(text, at))).toEqual(split([text]))
      }),
      { numRuns: 3000 },
    )
  })

  it('loses nothing but tags and the white space around blocks', () => {
    const bare = (text: string): string => text.replaceAll(/<think>|<\/think>|\s/g, '')
    fc.assert(
      fc.property(content, (input) => {
        const { text, reasoning } = split([input])
        // Apart, since the end of one and the beginning of the other can look like a tag.
        expect(bare(reasoning) + bare(text)).toBe(bare(input))
      }),
    )
  })

  it('leaves alone what does not begin with a tag', () => {
    fc.assert(
      fc.property(
        content.filter((text) => !text.trimStart().startsWith('<think>')),
        cuts,
        (input, at) => {
          expect(split(cutAt(input, at))).toEqual({ text: input, reasoning: '' })
        },
      ),
    )
  })
})
