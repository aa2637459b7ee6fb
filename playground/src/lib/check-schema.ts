import { isObject, type JSONObject } from './json-object.js'
import { readJSON, type Path } from './read-json.js'
import { resolveReference } from './resolve-reference.js'

/** A problem in the text of a schema. */
export interface Problem {
  readonly line: number
  readonly message: string
  /** A schema with an error is not sent; a warning names what is probably a mistake. */
  readonly severity: 'error' | 'warning'
}

export interface CheckedSchema {
  /** The schema, if the text is a JSON object. */
  readonly schema: Readonly<Record<string, unknown>> | undefined
  readonly problems: readonly Problem[]
  /** Whether the schema has no errors. */
  readonly isValid: boolean
}

const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']
const SINGLE_SCHEMA = [
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
const SCHEMA_LIST = ['allOf', 'anyOf', 'oneOf', 'prefixItems']
const SCHEMA_MAP = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']
const NUMBERS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']
const COUNTS = ['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties']
const UNCHECKED = [
  '$schema',
  '$id',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'format',
  'const',
  'enum',
]
const OTHERS = ['$ref', '$anchor', 'type', 'required', 'pattern', 'uniqueItems', 'minContains', 'maxContains']
const RARE = ['dependentRequired', 'dependencies', 'unevaluatedProperties', 'unevaluatedItems', 'readOnly', 'writeOnly']
const KNOWN = new Set([
  ...SINGLE_SCHEMA,
  ...SCHEMA_LIST,
  ...SCHEMA_MAP,
  ...NUMBERS,
  ...COUNTS,
  ...UNCHECKED,
  ...OTHERS,
  ...RARE,
  'deprecated',
])

/** Checks the text of a schema and reports problems with their line numbers. */
export function checkSchema(text: string): CheckedSchema {
  const { value, error, duplicates, lineOf } = readJSON(text)
  if (error !== undefined) {
    const { line, message } = error
    return { schema: undefined, problems: [{ line, message, severity: 'error' }], isValid: false }
  }
  const problems: Problem[] = duplicates.map(({ line, key }) => ({
    line,
    message: `Duplicate key \`${key}\`.`,
    severity: 'warning',
  }))
  const report = (path: Path, message: string): void =>
    void problems.push({ line: lineOf(path), message, severity: 'error' })
  const warn = (path: Path, message: string): void =>
    void problems.push({ line: lineOf(path), message, severity: 'warning' })

  function check(schema: unknown, path: Path): void {
    if (typeof schema === 'boolean') return
    if (!isObject(schema)) return report(path, 'A schema must be an object.')
    for (const [key, keywordValue] of Object.entries(schema)) {
      const at = [...path, key]
      if (!KNOWN.has(key)) warn(at, `\`${key}\` is not a JSON Schema keyword and is ignored.`)
      else if (SINGLE_SCHEMA.includes(key)) checkSingle(key, keywordValue, at)
      else if (SCHEMA_LIST.includes(key)) checkList(key, keywordValue, at)
      else if (SCHEMA_MAP.includes(key)) checkMap(key, keywordValue, at)
      else checkKeyword(key, keywordValue, at, schema)
    }
  }
  function checkSingle(key: string, keywordValue: unknown, at: Path): void {
    // In older drafts, `items` could be an array, now `prefixItems`.
    if (key === 'items' && Array.isArray(keywordValue)) checkList(key, keywordValue, at)
    else check(keywordValue, at)
  }
  function checkList(key: string, keywordValue: unknown, at: Path): void {
    if (!Array.isArray(keywordValue) || keywordValue.length === 0) report(at, `\`${key}\` must be an array of schemas.`)
    else keywordValue.forEach((one, index) => check(one, [...at, index]))
  }
  function checkMap(key: string, keywordValue: unknown, at: Path): void {
    if (!isObject(keywordValue)) report(at, `\`${key}\` must be an object whose members are schemas.`)
    else for (const [name, one] of Object.entries(keywordValue)) check(one, [...at, name])
  }
  function checkKeyword(key: string, keywordValue: unknown, at: Path, schema: JSONObject): void {
    if (key === 'type') {
      const unknownType = [keywordValue].flat().find((type) => !TYPES.includes(type as string))
      if (unknownType !== undefined) report(at, `Unknown type ${JSON.stringify(unknownType)}. Use ${TYPES.join(', ')}.`)
    } else if (key === 'required') checkRequired(keywordValue, at, schema)
    else if (key === 'enum') {
      if (!Array.isArray(keywordValue) || keywordValue.length === 0) report(at, '`enum` must be an array of values.')
    } else if (key === '$ref') checkRef(keywordValue, at)
    else if (key === 'pattern') checkPattern(keywordValue, at)
    else if (NUMBERS.includes(key)) {
      if (typeof keywordValue !== 'number') report(at, `\`${key}\` must be a number.`)
    } else if (COUNTS.includes(key) && !(Number.isInteger(keywordValue) && Number(keywordValue) >= 0))
      report(at, `\`${key}\` must be a non-negative integer.`)
  }
  function checkRequired(keywordValue: unknown, at: Path, { properties }: JSONObject): void {
    if (!Array.isArray(keywordValue) || !keywordValue.every((name) => typeof name === 'string'))
      return report(at, '`required` must be an array of names.')
    for (const [index, name] of keywordValue.entries()) {
      if (isObject(properties) && !Object.hasOwn(properties, name))
        warn([...at, index], `\`${name}\` is required but missing in \`properties\`.`)
    }
  }
  function checkRef(keywordValue: unknown, at: Path): void {
    if (typeof keywordValue !== 'string' || !keywordValue.startsWith('#'))
      return report(at, '`$ref` must start with `#`: only references within this schema are supported.')
    if (resolveReference(value, keywordValue) === undefined)
      report(at, `\`${keywordValue}\` does not exist in this schema.`)
  }
  function checkPattern(keywordValue: unknown, at: Path): void {
    try {
      if (typeof keywordValue !== 'string') return report(at, '`pattern` must be a string.')
      void new RegExp(keywordValue, 'u')
    } catch {
      report(at, '`pattern` is not a valid regular expression.')
    }
  }

  if (isObject(value)) check(value, [])
  else report([], 'The schema must be an object.')
  problems.sort((a, b) => a.line - b.line)
  return {
    schema: isObject(value) ? value : undefined,
    problems,
    isValid: problems.every(({ severity }) => severity === 'warning'),
  }
}
