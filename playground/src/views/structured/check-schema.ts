import { readJSON, type Path } from './read-json.js'

/** Something that is wrong with a schema as it is written. */
export interface Problem {
  readonly line: number
  readonly message: string
}

export interface CheckedSchema {
  /** The schema, where it can be sent: any JSON object. */
  readonly schema: Readonly<Record<string, unknown>> | undefined
  readonly problems: readonly Problem[]
}

type Members = Readonly<Record<string, unknown>>

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']
const ONE = [
  'items',
  'contains',
  'not',
  'if',
  'then',
  'else',
  'propertyNames',
  'additionalProperties',
  'additionalItems',
]
const MANY = ['allOf', 'anyOf', 'oneOf', 'prefixItems']
const NAMED = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']
const NUMBERS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']
const COUNTS = ['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties']
const NOTES = ['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples', 'format', 'const', 'enum']
const OTHERS = ['$ref', '$anchor', 'type', 'required', 'pattern', 'uniqueItems', 'minContains', 'maxContains']
const RARE = ['dependentRequired', 'dependencies', 'unevaluatedProperties', 'unevaluatedItems', 'readOnly', 'writeOnly']
const KNOWN = new Set([...ONE, ...MANY, ...NAMED, ...NUMBERS, ...COUNTS, ...NOTES, ...OTHERS, ...RARE, 'deprecated'])

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads a schema as a person writes it, and says line by line what is wrong with it. */
export function checkSchema(text: string): CheckedSchema {
  const { value, error, repeated, lineOf } = readJSON(text)
  if (error !== undefined) return { schema: undefined, problems: [error] }
  const problems: Problem[] = repeated.map(({ line, key }) => ({
    line,
    message: `\`${key}\` stands here a second time.`,
  }))
  const report = (path: Path, message: string): void => void problems.push({ line: lineOf(path), message })

  function check(schema: unknown, path: Path): void {
    if (typeof schema === 'boolean') return
    if (!isObject(schema)) return report(path, 'A schema must be an object.')
    for (const [key, given] of Object.entries(schema)) {
      const at = [...path, key]
      if (!KNOWN.has(key)) report(at, `\`${key}\` is no keyword of JSON Schema: nothing will heed it.`)
      else if (ONE.includes(key)) checkOne(key, given, at)
      else if (MANY.includes(key)) checkMany(key, given, at)
      else if (NAMED.includes(key)) checkNamed(key, given, at)
      else checkPlain(key, given, at, schema)
    }
  }
  function checkOne(key: string, given: unknown, at: Path): void {
    // A list of schemas was how the older drafts spelled prefixItems.
    if (key === 'items' && Array.isArray(given)) checkMany(key, given, at)
    else check(given, at)
  }
  function checkMany(key: string, given: unknown, at: Path): void {
    if (!Array.isArray(given) || given.length === 0) report(at, `\`${key}\` must be a list of schemas.`)
    else given.forEach((one, index) => check(one, [...at, index]))
  }
  function checkNamed(key: string, given: unknown, at: Path): void {
    if (!isObject(given)) report(at, `\`${key}\` must be an object whose members are schemas.`)
    else for (const [name, one] of Object.entries(given)) check(one, [...at, name])
  }
  function checkPlain(key: string, given: unknown, at: Path, schema: Members): void {
    if (key === 'type') {
      const wrong = [given].flat().find((type) => !TYPES.includes(type as string))
      if (wrong !== undefined) report(at, `The type ${JSON.stringify(wrong)} is none of ${TYPES.join(', ')}.`)
    } else if (key === 'required') checkRequired(given, at, schema)
    else if (key === 'enum') {
      if (!Array.isArray(given) || given.length === 0) report(at, '`enum` must be a list of values.')
    } else if (key === '$ref') checkRef(given, at)
    else if (key === 'pattern') checkPattern(given, at)
    else if (NUMBERS.includes(key)) {
      if (typeof given !== 'number') report(at, `\`${key}\` must be a number.`)
    } else if (COUNTS.includes(key) && !(Number.isInteger(given) && Number(given) >= 0))
      report(at, `\`${key}\` must be a whole number from 0.`)
  }
  function checkRequired(given: unknown, at: Path, { properties }: Members): void {
    if (!Array.isArray(given) || !given.every((name) => typeof name === 'string'))
      return report(at, '`required` must be a list of names.')
    for (const [index, name] of given.entries()) {
      if (isObject(properties) && !Object.hasOwn(properties, name))
        report([...at, index], `\`${name}\` is required, but not among the properties.`)
    }
  }
  function checkRef(given: unknown, at: Path): void {
    if (typeof given !== 'string' || !given.startsWith('#'))
      return report(at, '`$ref` must begin with `#`: it leads to a place in this schema.')
    let found: unknown = value
    for (const part of given.slice(2).split('/').filter(Boolean)) {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
      found =
        typeof found === 'object' && found !== null && Object.hasOwn(found, key) ? (found as Members)[key] : undefined
    }
    if (found === undefined) report(at, `\`${given}\` leads nowhere.`)
  }
  function checkPattern(given: unknown, at: Path): void {
    try {
      if (typeof given !== 'string') return report(at, '`pattern` must be a text.')
      void new RegExp(given, 'u')
    } catch {
      report(at, '`pattern` is no regular expression.')
    }
  }

  check(value, [])
  problems.sort((a, b) => a.line - b.line)
  return { schema: isObject(value) ? value : undefined, problems }
}
