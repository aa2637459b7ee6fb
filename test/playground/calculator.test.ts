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
  ])('%s equals %d', (expression, value) => expect(calculate(expression)).toBeCloseTo(value, 10))

  test.each([
    ['', 'Expected a number at character 1, found the end.'],
    ['1 +', 'Expected a number at character 4, found the end.'],
    ['1 2', 'Expected an operator at character 3, found `2`.'],
    ['(1 + 2', 'Expected `)` at character 7, found the end.'],
    ['1 + )', 'Expected a number at character 5, found `)`.'],
    ['2 * $x', 'Unexpected `$` at character 5.'],
    ['alert(1)', 'Unknown name `alert`.'],
    ['constructor', 'Unknown name `constructor`.'],
    ['max', 'Expected `(` at character 4, found the end.'],
    ['1 / 0', 'Division by zero.'],
    ['5 % (2 - 2)', 'Division by zero.'],
    ['10 ^ 400', 'not a finite number'],
    ['sqrt(-1)', 'not a finite number'],
    ['1'.repeat(1001), 'longer than 1000'],
  ])('rejects %j with a reason', (expression, message) => {
    expect(() => calculate(expression)).toThrow(message)
  })

  test('supports nested parentheses up to the length limit', () => {
    expect(calculate(`${'('.repeat(499)}1${')'.repeat(499)}`)).toBe(1)
  })

  test('returns the same as JavaScript for any expression', () => {
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
        // oxlint-disable-next-line no-eval -- the expression is generated above, and JavaScript is the reference
        expect(calculate(text)).toBeCloseTo(eval(text) as number, 6)
      }),
    )
  })
})
