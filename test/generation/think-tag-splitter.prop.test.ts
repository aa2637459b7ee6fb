import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type SplitContent, ThinkTagSplitter } from '../../src/generation/think-tag-splitter.js'
import { cutAt, cuts } from '../helpers/bytes.js'

function split(deltas: readonly string[]): SplitContent {
  const splitter = new ThinkTagSplitter()
  const parts = [...deltas.map((delta) => splitter.push(delta)), splitter.end()]
  return { text: parts.map(({ text }) => text).join(''), reasoning: parts.map(({ reasoning }) => reasoning).join('') }
}

const fragments = fc.oneof(
  fc.constantFrom('<think>', '</think>', '<thi', 'nk>', '</', '<', '>', ' ', '\n', 'a', '🐦'),
  fc.string({ maxLength: 4 }),
)
const contents = fc.oneof(
  fc.array(fragments, { maxLength: 12 }).map((parts) => parts.join('')),
  fc.array(fragments, { maxLength: 8 }).map((parts) => `<think>${parts.join('')}`),
)

describe('ThinkTagSplitter', () => {
  it('splits content alike however it is cut', () => {
    fc.assert(
      fc.property(contents, cuts, (content, positions) => {
        expect(split(cutAt(content, positions))).toEqual(split([content]))
      }),
      { numRuns: 3000 },
    )
  })

  it('loses nothing but tags and the white space around blocks', () => {
    const withoutTagsAndSpace = (text: string): string => text.replaceAll(/<think>|<\/think>|\s/g, '')
    fc.assert(
      fc.property(contents, (content) => {
        const { text, reasoning } = split([content])
        // Apart, since the end of one and the beginning of the other can look like a tag.
        const kept = withoutTagsAndSpace(reasoning) + withoutTagsAndSpace(text)
        expect(kept).toBe(withoutTagsAndSpace(content))
      }),
    )
  })

  it('returns content that does not start with a tag unchanged', () => {
    fc.assert(
      fc.property(
        contents.filter((content) => !content.trimStart().startsWith('<think>')),
        cuts,
        (content, positions) => {
          expect(split(cutAt(content, positions))).toEqual({ text: content, reasoning: '' })
        },
      ),
    )
  })
})
