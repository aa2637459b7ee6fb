import { InvalidRequestError, type Issue } from '../errors/errors.js'
import type { JSONSchema } from '../types.js'
import { isObject } from '../utils/json.js'

type Path = Issue['path']

interface Context {
  readonly root: JSONSchema
  readonly path: Path
  /** The references followed without a step into the value; one that comes again would go on forever. */
  readonly refs: readonly string[]
}

/**
 * What is wrong with a value by a JSON Schema: every keyword of draft-07 and of 2020-12 but the `unevaluated…` and
 * dynamic ones, with references inside the document. `format` is a note, as the specification has it.
 *
 * @throws {@link InvalidRequestError} a reference leads nowhere, or a pattern is none
 */
export function checkJSON(schema: JSONSchema, value: unknown): Issue[] {
  return check(schema, value, { root: schema, path: [], refs: [] })
}

function check(schema: unknown, value: unknown, context: Context): Issue[] {
  if (schema === false) return [{ path: context.path, message: 'is not allowed' }]
  if (!isObject(schema)) return []
  const issues: Issue[] = [...checkRef(schema, value, context)]
  const report = (message: string, path = context.path): void => void issues.push({ path, message })

  const types = list(schema['type'])
  if (types.length > 0 && !types.some((type) => isType(value, type))) {
    report(`must be of type ${types.join(' or ')}, not ${typeOf(value)}`)
    return issues
  }
  if ('const' in schema && !deepEqual(schema['const'], value)) report(`must be ${JSON.stringify(schema['const'])}`)
  const options = schema['enum']
  if (Array.isArray(options) && !options.some((one) => deepEqual(one, value))) {
    report(`must be one of ${options.map((one) => JSON.stringify(one)).join(', ')}`)
  }
  if (typeof value === 'number') checkNumber(schema, value, report)
  else if (typeof value === 'string') checkString(schema, value, report)
  const inside = Array.isArray(value)
    ? checkArray(schema, value, context)
    : isObject(value)
      ? checkObject(schema, value, context)
      : []
  return [...issues, ...inside, ...checkBranches(schema, value, context)]
}

type Report = (message: string, path?: Path) => void

function checkRef(schema: JSONSchema, value: unknown, context: Context): Issue[] {
  const ref = schema['$ref']
  if (typeof ref !== 'string') return []
  if (context.refs.includes(ref)) throw wrongSchema(`The reference ${ref} of the JSON Schema leads back to itself.`)
  return check(resolveRef(context.root, ref), value, { ...context, refs: [...context.refs, ref] })
}

function checkBranches(schema: JSONSchema, value: unknown, context: Context): Issue[] {
  const run = (branch: unknown): Issue[] => check(branch, value, context)
  const fits = (branch: unknown): boolean => run(branch).length === 0
  const here = (message: string): Issue[] => [{ path: context.path, message }]
  let issues = list(schema['allOf']).flatMap(run)
  const anyOf = schema['anyOf']
  if (Array.isArray(anyOf)) {
    // Once each: run again for the words, a recursive schema would take twice as long with every step down.
    const results: Issue[][] = []
    if (!anyOf.some((branch) => results[results.push(run(branch)) - 1]!.length === 0)) {
      issues = [...issues, ...nearestOf(results, context)]
    }
  }
  const oneOf = schema['oneOf']
  if (Array.isArray(oneOf)) {
    const results = oneOf.map(run)
    const fitting = results.filter((result) => result.length === 0).length
    if (fitting === 0) issues = [...issues, ...nearestOf(results, context)]
    if (fitting > 1) issues.push(...here('must fit exactly one of several alternatives, and fits more'))
  }
  if ('not' in schema && fits(schema['not'])) issues.push(...here('must not fit what the schema excludes'))
  return 'if' in schema ? [...issues, ...run(schema[fits(schema['if']) ? 'then' : 'else'])] : issues
}

// Of alternatives that all fail, the only one that fails inside the value is the one that was meant.
function nearestOf(results: readonly Issue[][], { path }: Context): Issue[] {
  const inside = results.filter((result) => result.every((issue) => issue.path.length > path.length))
  if (inside.length === 1) return inside[0]!
  const words = results.map(([first]) => first?.message).filter((message) => message !== undefined)
  return [{ path, message: `fits none of the alternatives (${[...new Set(words)].join('; ')})` }]
}

function checkNumber(schema: JSONSchema, value: number, report: Report): void {
  const bound = (key: string, wrong: (limit: number) => boolean, what: string): void => {
    const limit = schema[key]
    if (typeof limit === 'number' && wrong(limit)) report(`must be ${what} ${limit}`)
  }
  bound('minimum', (limit) => value < limit, 'at least')
  bound('maximum', (limit) => value > limit, 'at most')
  bound('exclusiveMinimum', (limit) => value <= limit, 'more than')
  bound('exclusiveMaximum', (limit) => value >= limit, 'less than')
  bound('multipleOf', (step) => !isMultiple(value, step), 'a multiple of')
}

// 0.3 is a multiple of 0.1, which division of binary fractions denies.
function isMultiple(value: number, step: number): boolean {
  const quotient = value / step
  return Math.abs(quotient - Math.round(quotient)) <= Math.abs(quotient) * Number.EPSILON
}

function checkString(schema: JSONSchema, value: string, report: Report): void {
  checkCount(schema, 'Length', [...value].length, 'characters', report)
  const pattern = schema['pattern']
  if (typeof pattern === 'string' && !toRegExp(pattern).test(value)) report(`must match the pattern ${pattern}`)
}

function checkArray(schema: JSONSchema, value: readonly unknown[], context: Context): Issue[] {
  const issues: Issue[] = []
  const add = (issue: Issue): void => void issues.push(issue)
  const report: Report = (message) => add({ path: context.path, message })
  const { items, prefixItems, additionalItems, contains } = schema
  checkCount(schema, 'Items', value.length, 'items', report)
  if (schema['uniqueItems'] === true && new Set(value.map(toText)).size < value.length) {
    report('must not have the same item twice')
  }
  // Until 2019 a tuple was a list under `items`.
  const tuple = list(prefixItems ?? (Array.isArray(items) ? items : []))
  const rest = Array.isArray(items) ? additionalItems : items
  // Not spread into `push`, which takes only so many arguments.
  value.forEach((one, at) => check(at < tuple.length ? tuple[at] : rest, one, into(context, at)).forEach(add))
  if (contains !== undefined) {
    const found = value.filter((one, at) => check(contains, one, into(context, at)).length === 0).length
    const { minContains = 1, maxContains = Infinity } = schema
    if (found < Number(minContains) || found > Number(maxContains)) report('must contain another number of such items')
  }
  return issues
}

function checkObject(schema: JSONSchema, value: JSONSchema, context: Context): Issue[] {
  const issues: Issue[] = []
  const add = (issue: Issue): void => void issues.push(issue)
  const report: Report = (message, path = context.path) => add({ path, message })
  const keys = Object.keys(value)
  const has = (key: unknown): boolean => Object.hasOwn(value, String(key))
  const member = (key: string): Record<string, unknown> => (isObject(schema[key]) ? schema[key] : {})
  const missing = (key: unknown): void => {
    if (!has(key)) report('is missing', [...context.path, String(key)])
  }
  checkCount(schema, 'Properties', keys.length, 'properties', report)
  list(schema['required']).forEach(missing)
  const { additionalProperties, propertyNames } = schema
  const properties = member('properties')
  const patterns = Object.entries(member('patternProperties'))
  for (const key of keys) {
    const inside = into(context, key)
    const matching = patterns.filter(([pattern]) => toRegExp(pattern).test(key)).map(([, one]) => one)
    if (Object.hasOwn(properties, key)) matching.push(properties[key])
    if (matching.length === 0 && additionalProperties === false) report('is not a known property', inside.path)
    else if (matching.length === 0) matching.push(additionalProperties)
    for (const one of matching) check(one, value[key], inside).forEach(add)
    if (propertyNames !== undefined) check(propertyNames, key, inside).forEach(add)
  }
  for (const name of ['dependencies', 'dependentRequired', 'dependentSchemas']) {
    for (const [key, wanted] of Object.entries(member(name))) {
      if (!has(key)) continue
      if (Array.isArray(wanted)) wanted.forEach(missing)
      else check(wanted, value, context).forEach(add)
    }
  }
  return issues
}

function checkCount(schema: JSONSchema, what: string, count: number, unit: string, report: Report): void {
  const { [`min${what}`]: min, [`max${what}`]: max } = schema
  if (typeof min === 'number' && count < min) report(`must have at least ${min} ${unit}`)
  if (typeof max === 'number' && count > max) report(`must have at most ${max} ${unit}`)
}

const into = ({ root, path }: Context, key: string | number): Context => ({ root, path: [...path, key], refs: [] })

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])

const isType = (value: unknown, type: unknown): boolean =>
  typeOf(value) === type || (type === 'integer' && Number.isInteger(value))

function toRegExp(pattern: string): RegExp {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags)
    } catch {
      // Older schemas escape characters that Unicode patterns do not allow to be escaped.
    }
  }
  throw wrongSchema(`The pattern ${pattern} of the JSON Schema is no regular expression.`)
}

function wrongSchema(message: string): InvalidRequestError {
  return new InvalidRequestError(message, { code: 'invalid-schema', hint: 'Correct the schema.' })
}

/** What JSON calls this value. */
export function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** Whether two JSON values are the same; the order of members does not count. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, at) => deepEqual(one, b[at]))
  if (!isObject(a) || !isObject(b)) return a === b
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && deepEqual(a[key], b[key]))
  )
}

/** A text that is the same for two JSON values that are the same. */
export function toText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )
}

/**
 * What a reference such as `#/$defs/city` leads to.
 *
 * @throws {@link InvalidRequestError} it leads out of the document, or nowhere
 */
export function resolveRef(root: JSONSchema, ref: string): unknown {
  let found: unknown = /^#(\/|$)/.test(ref) ? root : undefined
  for (const part of ref.split('/').slice(1)) {
    const key = decode(part).replaceAll('~1', '/').replaceAll('~0', '~')
    found = typeof found === 'object' && found !== null && Object.hasOwn(found, key) ? (found as never)[key] : undefined
  }
  if (found !== undefined) return found
  throw new InvalidRequestError(`The reference ${ref} of the JSON Schema leads nowhere.`, {
    code: 'invalid-schema',
    hint: 'Only references inside the schema itself are followed, e.g. `#/$defs/city`.',
  })
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
