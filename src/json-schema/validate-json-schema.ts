import { InvalidRequestError, type Issue } from '../errors/errors.js'
import type { JSONSchema } from '../types.js'
import { isObject } from '../utils/json.js'
import { resolveRef } from './resolve-ref.js'
import { toRegExp } from './to-regexp.js'

type Path = Issue['path']

interface Context {
  readonly root: JSONSchema
  readonly path: Path
  /** References followed since the last step into the value. Following one of them again would never end. */
  readonly refs: readonly string[]
}

/**
 * Validates a value against plain JSON Schema and returns the issues, none if the value is valid.
 *
 * @remarks
 * Supports the keywords of draft-07 and 2020-12, except those that {@link jsonSchemaIssues} refuses. References must stay
 * inside the document. `format` is not checked, as the specification recommends.
 * @throws {@link InvalidRequestError} a reference cannot be resolved, or a pattern is not a regular expression
 */
export function validateJSONSchema(schema: JSONSchema, value: unknown): Issue[] {
  return check(schema, value, { root: schema, path: [], refs: [] })
}

function check(schema: unknown, value: unknown, context: Context): Issue[] {
  if (schema === false) return [{ path: context.path, message: 'is not allowed' }]
  if (!isObject(schema)) return []
  const issues: Issue[] = [...checkRef(schema, value, context)]
  const report = (message: string, path = context.path): void => void issues.push({ path, message })

  const types = toList(schema['type'])
  if (types.length > 0 && !types.some((type) => isType(value, type))) {
    report(`must be of type ${types.join(' or ')}, not ${typeOf(value)}`)
    return issues
  }
  if ('const' in schema && !isEqual(schema['const'], value)) report(`must be ${JSON.stringify(schema['const'])}`)
  const options = schema['enum']
  if (Array.isArray(options) && !options.some((option) => isEqual(option, value))) {
    report(`must be one of ${options.map((option) => JSON.stringify(option)).join(', ')}`)
  }
  // `JSON.parse` reads 1e999 as Infinity, which no JSON can hold.
  if (value === Infinity || value === -Infinity) report('must be a number that is not too large')
  else if (typeof value === 'number') checkNumber(schema, value, report)
  else if (typeof value === 'string') checkString(schema, value, report)
  const children = Array.isArray(value)
    ? checkArray(schema, value, context)
    : isObject(value)
      ? checkObject(schema, value, context)
      : []
  return [...issues, ...children, ...checkBranches(schema, value, context)]
}

type Report = (message: string, path?: Path) => void

function checkRef(schema: JSONSchema, value: unknown, context: Context): Issue[] {
  const ref = schema['$ref']
  if (typeof ref !== 'string') return []
  if (context.refs.includes(ref)) throw invalidSchema(`The JSON Schema reference ${ref} points back to itself.`)
  return check(resolveRef(context.root, ref), value, { ...context, refs: [...context.refs, ref] })
}

function checkBranches(schema: JSONSchema, value: unknown, context: Context): Issue[] {
  const run = (branch: unknown): Issue[] => check(branch, value, context)
  const matches = (branch: unknown): boolean => run(branch).length === 0
  const here = (message: string): Issue[] => [{ path: context.path, message }]
  let issues = toList(schema['allOf']).flatMap(run)
  const anyOf = schema['anyOf']
  if (Array.isArray(anyOf)) {
    // Each branch runs once and keeps its issues: a second run for the messages would double the time of a recursive
    // schema with every level of nesting.
    const results: Issue[][] = []
    if (!anyOf.some((branch) => results[results.push(run(branch)) - 1]!.length === 0)) {
      issues = [...issues, ...mostRelevant(results, context)]
    }
  }
  const oneOf = schema['oneOf']
  if (Array.isArray(oneOf)) {
    const results = oneOf.map(run)
    const matching = results.filter((result) => result.length === 0).length
    if (matching === 0) issues = [...issues, ...mostRelevant(results, context)]
    if (matching > 1) issues.push(...here('must match exactly one of the alternatives, but matches several'))
  }
  if ('not' in schema && matches(schema['not'])) issues.push(...here('must not match the schema under `not`'))
  return 'if' in schema ? [...issues, ...run(schema[matches(schema['if']) ? 'then' : 'else'])] : issues
}

// If only one alternative fails inside the value rather than at the value itself, it is the one that was intended.
function mostRelevant(results: readonly Issue[][], { path }: Context): Issue[] {
  const failedInside = results.filter((result) => result.every((issue) => issue.path.length > path.length))
  if (failedInside.length === 1) return failedInside[0]!
  const messages = results.map(([first]) => first?.message).filter((message) => message !== undefined)
  return [{ path, message: `matches none of the alternatives (${[...new Set(messages)].join('; ')})` }]
}

function checkNumber(schema: JSONSchema, value: number, report: Report): void {
  const checkLimit = (key: string, isViolated: (limit: number) => boolean, requirement: string): void => {
    const limit = schema[key]
    if (typeof limit === 'number' && isViolated(limit)) report(`must be ${requirement} ${limit}`)
  }
  checkLimit('minimum', (limit) => value < limit, 'at least')
  checkLimit('maximum', (limit) => value > limit, 'at most')
  checkLimit('exclusiveMinimum', (limit) => value <= limit, 'greater than')
  checkLimit('exclusiveMaximum', (limit) => value >= limit, 'less than')
  checkLimit('multipleOf', (step) => !isMultiple(value, step), 'a multiple of')
}

// Tolerates rounding: 0.3 / 0.1 is 2.9999999999999996 in binary floating point, yet 0.3 is a multiple of 0.1.
function isMultiple(value: number, step: number): boolean {
  const quotient = value / step
  return Math.abs(quotient - Math.round(quotient)) <= Math.abs(quotient) * Number.EPSILON
}

function checkString(schema: JSONSchema, value: string, report: Report): void {
  // JSON Schema counts code points, not UTF-16 units.
  checkCount(schema, { keyword: 'Length', count: [...value].length, unit: 'characters' }, report)
  const pattern = schema['pattern']
  if (typeof pattern === 'string' && !compilePattern(pattern).test(value)) report(`must match the pattern ${pattern}`)
}

function checkArray(schema: JSONSchema, value: readonly unknown[], context: Context): Issue[] {
  const issues: Issue[] = []
  const add = (issue: Issue): void => void issues.push(issue)
  const report: Report = (message) => add({ path: context.path, message })
  const { items, prefixItems, additionalItems, contains } = schema
  checkCount(schema, { keyword: 'Items', count: value.length, unit: 'items' }, report)
  if (schema['uniqueItems'] === true && new Set(value.map(toCanonicalJSON)).size < value.length) {
    report('must not contain duplicate items')
  }
  // Drafts before 2020-12 put the schemas of a tuple under `items` and the rest under `additionalItems`.
  const tuple = toList(prefixItems ?? (Array.isArray(items) ? items : []))
  const rest = Array.isArray(items) ? additionalItems : items
  value.forEach((item, index) =>
    // Added one by one: spreading hundreds of thousands of issues into `push` would exceed the argument limit.
    check(index < tuple.length ? tuple[index] : rest, item, atKey(context, index)).forEach(add),
  )
  if (contains !== undefined) {
    const found = value.filter((item, index) => check(contains, item, atKey(context, index)).length === 0).length
    const { minContains = 1, maxContains = Infinity } = schema
    if (found < Number(minContains)) report(`must contain at least ${minContains} matching items`)
    if (found > Number(maxContains)) report(`must contain at most ${maxContains} matching items`)
  }
  return issues
}

function checkObject(schema: JSONSchema, value: JSONSchema, context: Context): Issue[] {
  const issues: Issue[] = []
  const add = (issue: Issue): void => void issues.push(issue)
  const report: Report = (message, path = context.path) => add({ path, message })
  const keys = Object.keys(value)
  const has = (key: unknown): boolean => Object.hasOwn(value, String(key))
  const schemasUnder = (keyword: string): Record<string, unknown> => (isObject(schema[keyword]) ? schema[keyword] : {})
  const requireKey = (key: unknown): void => {
    if (!has(key)) report('is missing', [...context.path, String(key)])
  }
  checkCount(schema, { keyword: 'Properties', count: keys.length, unit: 'properties' }, report)
  toList(schema['required']).forEach(requireKey)
  const { additionalProperties, propertyNames } = schema
  const properties = schemasUnder('properties')
  const patterns = Object.entries(schemasUnder('patternProperties'))
  for (const key of keys) {
    const child = atKey(context, key)
    const applicable = patterns
      .filter(([pattern]) => compilePattern(pattern).test(key))
      .map(([, patternSchema]) => patternSchema)
    if (Object.hasOwn(properties, key)) applicable.push(properties[key])
    if (applicable.length === 0 && additionalProperties === false) report('is not a known property', child.path)
    else if (applicable.length === 0) applicable.push(additionalProperties)
    for (const one of applicable) check(one, value[key], child).forEach(add)
    if (propertyNames !== undefined) check(propertyNames, key, child).forEach(add)
  }
  for (const keyword of ['dependencies', 'dependentRequired', 'dependentSchemas']) {
    for (const [key, dependency] of Object.entries(schemasUnder(keyword))) {
      if (!has(key)) continue
      if (Array.isArray(dependency)) dependency.forEach(requireKey)
      else check(dependency, value, context).forEach(add)
    }
  }
  return issues
}

/** What is counted, and the end of the two keywords that limit it. */
interface Counted {
  readonly keyword: 'Length' | 'Items' | 'Properties'
  readonly count: number
  readonly unit: string
}

function checkCount(schema: JSONSchema, { keyword, count, unit }: Counted, report: Report): void {
  const { [`min${keyword}`]: min, [`max${keyword}`]: max } = schema
  if (typeof min === 'number' && count < min) report(`must have at least ${min} ${unit}`)
  if (typeof max === 'number' && count > max) report(`must have at most ${max} ${unit}`)
}

const atKey = ({ root, path }: Context, key: string | number): Context => ({ root, path: [...path, key], refs: [] })

const toList = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value]

const isType = (value: unknown, type: unknown): boolean =>
  typeOf(value) === type || (type === 'integer' && Number.isInteger(value))

/** Name of the JSON type of a value. */
function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function compilePattern(pattern: string): RegExp {
  const compiled = toRegExp(pattern)
  if (compiled === undefined) throw invalidSchema(`The JSON Schema pattern ${pattern} is not a regular expression.`)
  return compiled
}

const invalidSchema = (message: string): InvalidRequestError =>
  new InvalidRequestError(message, { code: 'invalid-schema', hint: 'Fix the schema.' })

/** Whether two JSON values are equal, regardless of the order of object keys. */
const isEqual = (a: unknown, b: unknown): boolean => toCanonicalJSON(a) === toCanonicalJSON(b)

/** Serializes a JSON value with sorted keys, so that equal values give equal texts. */
function toCanonicalJSON(value: unknown): string {
  return JSON.stringify(value, (_key, nested: unknown) =>
    isObject(nested) ? Object.fromEntries(Object.entries(nested).sort(([a], [b]) => (a < b ? -1 : 1))) : nested,
  )
}
