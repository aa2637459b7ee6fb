// Deeper than anybody writes, and far from what a page's stack takes.
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

const SAME = new Map([
  ['×', '*'],
  ['·', '*'],
  ['÷', '/'],
  ['−', '-'],
  ['**', '^'],
])

/**
 * The value of an expression: numbers, `+ - * / % ^`, brackets, `pi`, `e` and a few functions. Nothing of it is run as
 * code: a model wrote it.
 *
 * @throws {@link Error} says what is expected, and where
 */
export function calculate(expression: string): number {
  if (expression.length > MAX_LENGTH) throw new Error(`The expression is longer than ${MAX_LENGTH} characters.`)
  let at = 0
  let token: string | undefined
  let tokenAt = 0

  const fail = (expected: string): never => {
    const found = token === undefined ? 'its end' : `\`${token}\``
    throw new Error(`${expected} is expected at character ${tokenAt + 1}, not ${found}.`)
  }
  function next(): void {
    const rest = expression.slice(at).trimStart()
    tokenAt = expression.length - rest.length
    TOKEN.lastIndex = at
    const found = TOKEN.exec(expression)
    if (found === null && rest !== '')
      throw new Error(`\`${[...rest][0]}\` at character ${tokenAt + 1} means nothing here.`)
    at = found === null ? at : TOKEN.lastIndex
    token = found === null ? undefined : (SAME.get(found[1]!) ?? found[1]!)
  }
  function take(wanted: string): void {
    if (token !== wanted) fail(`\`${wanted}\``)
    next()
  }
  function isOneOf(...wanted: string[]): boolean {
    return token !== undefined && wanted.includes(token)
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
      if (operator !== '*' && right === 0) throw new Error('Nothing can be divided by zero.')
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
  // Binds from the right, and more closely than a sign before it: −2^2 is −4.
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
      take(')')
      return value
    }
    if (found !== undefined && /^[\d.]/.test(found)) {
      next()
      return Number(found)
    }
    if (found === undefined || !/^[a-z]/i.test(found)) return fail('A number')
    return named(found.toLowerCase())
  }
  function named(name: string): number {
    const constant = CONSTANTS.get(name)
    const run = FUNCTIONS.get(name)
    if (constant === undefined && run === undefined)
      throw new Error(`\`${token}\` is not known. There are ${[...CONSTANTS.keys(), ...FUNCTIONS.keys()].join(', ')}.`)
    next()
    if (run === undefined) return constant!
    take('(')
    const values = [sum()]
    while (isOneOf(',')) {
      next()
      values.push(sum())
    }
    take(')')
    return run(...values)
  }

  next()
  const value = sum()
  if (token !== undefined) fail('An operator')
  if (!Number.isFinite(value)) throw new Error('The result is no number that can be said.')
  return value
}
