import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calculate } from '../../playground/src/tools/calculate.js'

describe('calculate', () => {
  test.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['12 / 4 / 3', 1],
    ['7 % 4 * 2', 6],
    ['2 ^ 3 ^ 2', 512],
    ['2 ** 3', 8],
    ['-2 ^ 2', -4],
    ['2 ^ -1', 0.5],
    ['--3', 3],
    ['1 - -1', 2],
    ['.5 + 1.', 1.5],
    ['1e3 + 2E-2', 1000.02],
    ['2 × 3 ÷ 4 − 1', 0.5],
    ['sqrt(16) + max(1, 2, 3)', 7],
    ['Round(2.5) + ABS(-1)', 4],
    ['log(1000) + ln(e)', 4],
    ['2 * pi', 2 * Math.PI],
  ])('%s is %d', (expression, value) => expect(calculate(expression)).toBeCloseTo(value, 10))

  test.each([
    ['', 'A number is expected at character 1, not its end.'],
    ['1 +', 'A number is expected at character 4, not its end.'],
    ['1 2', 'An operator is expected at character 3, not `2`.'],
    ['(1 + 2', '`)` is expected at character 7, not its end.'],
    ['1 + )', 'A number is expected at character 5, not `)`.'],
    ['2 * $x', '`$` at character 5 means nothing here.'],
    ['alert(1)', '`alert` is not known.'],
    ['constructor', '`constructor` is not known.'],
    ['max', '`(` is expected at character 4, not its end.'],
    ['1 / 0', 'Nothing can be divided by zero.'],
    ['5 % (2 - 2)', 'Nothing can be divided by zero.'],
    ['10 ^ 400', 'no number that can be said'],
    ['sqrt(-1)', 'no number that can be said'],
    ['1'.repeat(1001), 'longer than 1000'],
  ])('%j is refused in words', (expression, message) => {
    expect(() => calculate(expression)).toThrow(message)
  })

  test('takes brackets as deep as they may be', () => {
    expect(calculate(`${'('.repeat(499)}1${')'.repeat(499)}`)).toBe(1)
  })

  test('gives what JavaScript gives, whatever is put together', () => {
    const number = fc.nat(99).map(String)
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        number,
        fc
          .tuple(tie('expression'), fc.constantFrom('+', '-', '*'), tie('expression'))
          .map(([left, operator, right]) => `${left} ${operator} ${right}`),
        tie('expression').map((inner) => `(${inner})`),
        tie('expression').map((inner) => `-(${inner})`),
      ),
    }))
    fc.assert(
      fc.property(expression, (text) => {
        fc.pre(text.length <= 1000)
        // oxlint-disable-next-line no-eval -- made above, and the very thing to be compared with
        expect(calculate(text)).toBeCloseTo(eval(text) as number, 6)
      }),
    )
  })
})
