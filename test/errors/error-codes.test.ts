import { expect, it } from 'vitest'
import { hintFor, hintsFor } from '../../src/errors/error-codes.js'

it('the hint for a code is its steps, each a sentence', () => {
  const hint = hintFor('cors-disabled')
  for (const step of hintsFor('cors-disabled')) expect(hint).toContain(step)
  expect(hint).toMatch(/\.$/)
})

it('the hint names the steps of another possible cause after those of the first', () => {
  const hint = hintFor('not-running', 'permission-required')
  const [first, second] = [hintsFor('not-running')[0]!, hintsFor('permission-required')[0]!]
  expect(hint.indexOf(first)).toBe(0)
  expect(hint.indexOf(second)).toBeGreaterThan(hint.indexOf(first))
})

it('a code without steps of its own, even one named like a member of every object, has general ones', () => {
  for (const code of ['toString', 'constructor', 'no-such-code']) expect(hintsFor(code)).toHaveLength(1)
})
