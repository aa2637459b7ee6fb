/** Limits the nesting depth, so that the recursive parser cannot overflow the stack. */
const MAX_LENGTH = 1000

const TOKEN = /\s*(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|[A-Za-z]\w*|\*\*|[-+*/%^(),×÷−·])/y

const CONSTANTS = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
])

const FUNCTIONS = new Map<string, (...values: number[]) => number>(
  (['abs', 'ceil', 'cos', 'exp', 'floor', 'ln', 'log', 'max', 'min', 'round', 'sin', 'sqrt', 'tan'] as const).map(
    (name) => [name, name === 'ln' ? Math.log : name === 'log' ? Math.log10 : Math[name]],
  ),
)

const SYNONYMS = new Map([
  ['×', '*'],
  ['·', '*'],
  ['÷', '/'],
  ['−', '-'],
  ['**', '^'],
])

/**
 * Evaluates an arithmetic expression: numbers, `+ - * / % ^`, parentheses, `pi`, `e` and a few functions. Parses instead of
 * running it as code, because a model wrote it.
 *
 * @throws {@link Error} The expression is not valid.
 */
export function calculate(expression: string): number {
  if (expression.length > MAX_LENGTH) throw new Error(`The expression is longer than ${MAX_LENGTH} characters.`)
  let at = 0
  let token: string | undefined
  let tokenAt = 0

  const fail = (expected: string): never => {
    const found = token === undefined ? 'the end' : `\`${token}\``
    throw new Error(`Expected ${expected} at character ${tokenAt + 1}, found ${found}.`)
  }
  function next(): void {
    const rest = expression.slice(at).trimStart()
    tokenAt = expression.length - rest.length
    TOKEN.lastIndex = at
    const found = TOKEN.exec(expression)
    if (found === null && rest !== '') throw new Error(`Unexpected \`${[...rest][0]}\` at character ${tokenAt + 1}.`)
    at = found === null ? at : TOKEN.lastIndex
    token = found === null ? undefined : (SYNONYMS.get(found[1]!) ?? found[1]!)
  }
  function expect(expected: string): void {
    if (token !== expected) fail(`\`${expected}\``)
    next()
  }
  function isOneOf(...operators: string[]): boolean {
    return token !== undefined && operators.includes(token)
  }

  function sum(): number {
    let value = product()
    while (isOneOf('+', '-')) {
      const isMinus = token === '-'
      next()
      value += isMinus ? -product() : product()
    }
    return value
  }
  function product(): number {
    let value = signed()
    while (isOneOf('*', '/', '%')) {
      const operator = token
      next()
      const right = signed()
      if (operator !== '*' && right === 0) throw new Error('Division by zero.')
      value = operator === '*' ? value * right : operator === '/' ? value / right : value % right
    }
    return value
  }
  function signed(): number {
    if (!isOneOf('+', '-')) return power()
    const isMinus = token === '-'
    next()
    return isMinus ? -signed() : signed()
  }
  // Right-associative, and binds more tightly than a sign: −2^2 is −4.
  function power(): number {
    const base = atom()
    if (token !== '^') return base
    next()
    return base ** signed()
  }
  function atom(): number {
    const found = token
    if (found === '(') {
      next()
      const value = sum()
      expect(')')
      return value
    }
    if (found !== undefined && /^[\d.]/.test(found)) {
      next()
      return Number(found)
    }
    if (found === undefined || !/^[a-z]/i.test(found)) return fail('a number')
    return named(found.toLowerCase())
  }
  function named(name: string): number {
    const constant = CONSTANTS.get(name)
    const run = FUNCTIONS.get(name)
    if (constant === undefined && run === undefined)
      throw new Error(`Unknown name \`${token}\`. Available: ${[...CONSTANTS.keys(), ...FUNCTIONS.keys()].join(', ')}.`)
    next()
    if (run === undefined) return constant!
    expect('(')
    const values = [sum()]
    while (isOneOf(',')) {
      next()
      values.push(sum())
    }
    expect(')')
    return run(...values)
  }

  next()
  const value = sum()
  if (token !== undefined) fail('an operator')
  if (!Number.isFinite(value)) throw new Error('The result is not a finite number.')
  return value
}
