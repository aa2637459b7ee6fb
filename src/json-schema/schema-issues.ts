import type { Issue, JSONSchema } from '../types.js'
import { closestMatch } from '../utils/edit-distance.js'
import { isObject } from '../utils/json.js'
import { isCount } from '../validation/schema.js'
import { describeForeignSchema } from './foreign-schema.js'
import { RefCycles } from './ref-cycles.js'
import { canResolveRef } from './resolve-ref.js'
import { isPattern } from './to-regexp.js'

type Path = Issue['path']

const TYPES = ['null', 'boolean', 'number', 'integer', 'string', 'array', 'object']
const isText = (value: unknown): boolean => typeof value === 'string'
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText)
const isType = (value: unknown): boolean => TYPES.includes(value as string)

/** What the value of a keyword must be, for keywords that contain no schemas. */
const VALUES: Readonly<Record<string, readonly [is: (value: unknown) => boolean, message: string]>> =
  /* @__PURE__ */ (() => {
    const number = [Number.isFinite, 'must be a number'] as const
    const whole = [isCount, 'must be a whole number from 0'] as const
    const text = [isText, 'must be a string'] as const
    return {
      type: [
        (value: unknown) => isType(value) || (Array.isArray(value) && value.length > 0 && value.every(isType)),
        `must be one of: ${TYPES.join(', ')}, or a list of them`,
      ],
      const: [() => true, ''],
      enum: [Array.isArray, 'must be a list'],
      required: [isTexts, 'must be a list of names'],
      dependentRequired: [
        (value: unknown) => isObject(value) && Object.values(value).every(isTexts),
        'must be an object of lists of names',
      ],
      minimum: number,
      maximum: number,
      exclusiveMinimum: number,
      exclusiveMaximum: number,
      multipleOf: [(value: unknown) => Number.isFinite(value) && (value as number) > 0, 'must be a number above 0'],
      minLength: whole,
      maxLength: whole,
      minItems: whole,
      maxItems: whole,
      minContains: whole,
      maxContains: whole,
      minProperties: whole,
      maxProperties: whole,
      uniqueItems: [(value: unknown) => typeof value === 'boolean', 'must be true or false'],
      pattern: [isPattern, 'must be a regular expression'],
      $ref: text,
      format: text,
    } as const
  })()

type Shape = 'schema' | 'schemas' | 'list' | 'members'

/** The keywords that contain schemas: one, one or a list, a list, or an object of schemas. */
const SCHEMAS: Readonly<Record<string, Shape>> = {
  items: 'schemas',
  prefixItems: 'list',
  additionalItems: 'schema',
  contains: 'schema',
  properties: 'members',
  patternProperties: 'members',
  additionalProperties: 'schema',
  propertyNames: 'schema',
  dependentSchemas: 'members',
  dependencies: 'members',
  allOf: 'list',
  anyOf: 'list',
  oneOf: 'list',
  not: 'schema',
  if: 'schema',
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: 'schema',
  else: 'schema',
  $defs: 'members',
  definitions: 'members',
}

/** Keywords that do not limit which values are valid. `default` and `examples` hold plain values. */
const ANNOTATIONS: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'title',
  'description',
  'markdownDescription',
  'default',
  'example',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'enumNames',
  'enumDescriptions',
  '$schema',
  '$id',
  'id',
  '$anchor',
  '$dynamicAnchor',
  '$recursiveAnchor',
  '$comment',
  '$vocabulary',
  '~standard',
])

/** Keywords that limit which values are valid, but that {@link validateJSONSchema} does not check. */
const UNCHECKED: Readonly<Record<string, string>> = {
  unevaluatedProperties: 'use `additionalProperties` in one schema with all `properties`',
  unevaluatedItems: 'use `items` in one schema with all `prefixItems`',
  $dynamicRef: 'use `$ref`',
  $recursiveRef: 'use `$ref`',
  contentEncoding: 'use `pattern`, or name the encoding in the `description`',
  contentMediaType: 'name the media type in the `description`',
  contentSchema: 'describe the content in the `description`',
  nullable: 'add "null" to `type`',
  discriminator: 'use `const` in each schema of `oneOf`',
}

const isKnown = (keyword: string): boolean =>
  Object.hasOwn(VALUES, keyword) ||
  Object.hasOwn(SCHEMAS, keyword) ||
  Object.hasOwn(UNCHECKED, keyword) ||
  ANNOTATIONS.has(keyword)

// The reference itself is in the path and the schema; it may be long.
const UNRESOLVED = 'cannot be resolved: use a reference inside the schema itself, such as `#/$defs/city`'

/** Options of {@link jsonSchemaIssues}. */
export interface SchemaCheck {
  /** Path of the schema, with which the paths of the issues begin. */
  readonly path?: Path
  /**
   * Whether this package validates values against the schema. Then a keyword that the validation does not know is an
   * issue; otherwise the keyword is the server's business.
   */
  readonly isValidated: boolean
  /** The function that takes schema objects of libraries, which this place does not. */
  readonly helper?: string
}

/** Whether a value is a plain object without keywords, which as the parameters of a tool means that it has none. */
export const isEmptySchema = (value: unknown): boolean =>
  isObject(value) && describeForeignSchema(value) === undefined && Object.keys(value).length === 0

/** Returns why a value cannot be used as JSON Schema, with paths; none if it can. Takes linear time. */
export function jsonSchemaIssues(schema: unknown, { path = [], isValidated, helper }: SchemaCheck): Issue[] {
  const foreign = describeForeignSchema(schema)
  if (foreign !== undefined) {
    const canHelp = helper !== undefined && '~standard' in Object(schema)
    const message = `must be JSON Schema; use \`${helper}\` for a schema of zod, valibot or arktype`
    return [{ path, message: canHelp ? message : foreign }]
  }
  if (!isObject(schema)) return [{ path, message: 'must be JSON Schema: an object' }]
  const checker = new SchemaChecker(schema, isValidated)
  try {
    if (!Object.keys(schema).some((key) => isKnown(key) && key !== '~standard')) {
      return [{ path, message: describeWithoutKeywords(schema) }]
    }
    checker.check(schema, path)
  } catch {
    return [{ path, message: 'cannot be read: it throws, or is nested too deeply' }]
  }
  return checker.issues
}

function describeWithoutKeywords(schema: JSONSchema): string {
  const keys = Object.keys(schema)
  if (keys.length === 0) return 'is empty, which any value matches: give it a `type`'
  const library = Object.values(schema)
    .map(describeForeignSchema)
    .find((advice) => advice !== undefined)
  if (library !== undefined) return 'is an object of schemas: wrap them in the object schema of their library'
  return 'has no keyword of JSON Schema: put the members under `properties`, next to `type: "object"`'
}

class SchemaChecker {
  readonly issues: Issue[] = []
  readonly #root: JSONSchema
  readonly #isValidated: boolean
  readonly #cycles: RefCycles
  /** The schemas so far: one that is shared or circular is checked once. */
  readonly #seen = new Set<object>()

  constructor(root: JSONSchema, isValidated: boolean) {
    this.#root = root
    this.#isValidated = isValidated
    this.#cycles = new RefCycles(root)
  }

  /** @param hasOwnBase - whether the schema is inside one with an `$id`, which changes what a reference means */
  check(schema: unknown, path: Path, hasOwnBase = false): void {
    if (typeof schema === 'boolean') return
    const foreign = describeForeignSchema(schema)
    if (foreign !== undefined || !isObject(schema)) {
      this.#report(path, foreign ?? 'must be a schema: an object, true or false')
      return
    }
    if (this.#seen.has(schema)) return
    this.#seen.add(schema)
    const hasBase = hasOwnBase || (schema !== this.#root && typeof schema['$id'] === 'string')
    for (const [keyword, value] of Object.entries(schema)) {
      if (value !== undefined) this.#checkKeyword(keyword, value, [...path, keyword], hasBase)
    }
    if (typeof schema['$ref'] === 'string') this.#checkRef(schema, schema['$ref'], [...path, '$ref'], hasBase)
  }

  #report(path: Path, message: string): void {
    this.issues.push({ path, message })
  }

  #checkKeyword(keyword: string, value: unknown, path: Path, hasBase: boolean): void {
    if (Object.hasOwn(VALUES, keyword)) {
      const [is, message] = VALUES[keyword]!
      if (!is(value)) this.#report(path, message)
    } else if (Object.hasOwn(SCHEMAS, keyword)) {
      this.#checkNested(keyword, value, path, hasBase)
    } else if (this.#isValidated && !ANNOTATIONS.has(keyword) && !keyword.startsWith('x-')) {
      this.#report(path, describeUnchecked(keyword))
    }
  }

  #checkNested(keyword: string, value: unknown, path: Path, hasBase: boolean): void {
    const shape = SCHEMAS[keyword]!
    if (shape === 'schema' || (shape === 'schemas' && !Array.isArray(value))) this.check(value, path, hasBase)
    else if (shape === 'members') {
      if (!isObject(value) || describeForeignSchema(value) !== undefined) {
        this.#report(path, describeForeignSchema(value) ?? 'must be an object of schemas')
        return
      }
      for (const [key, member] of Object.entries(value)) {
        if (keyword === 'patternProperties' && !isPattern(key)) this.#report([...path, key], VALUES['pattern']![1])
        if (member === undefined || (keyword === 'dependencies' && isTexts(member))) continue
        this.check(member, [...path, key], hasBase)
      }
    } else if (!Array.isArray(value) || (shape === 'list' && value.length === 0)) {
      this.#report(path, 'must be a list of schemas')
    } else value.forEach((item, index) => this.check(item, [...path, index], hasBase))
  }

  #checkRef(schema: JSONSchema, ref: string, path: Path, hasBase: boolean): void {
    if (!canResolveRef(this.#root, ref)) this.#report(path, UNRESOLVED)
    else if (hasBase) this.#report(path, 'is inside a schema with an `$id`: remove the `$id`')
    else if (this.#cycles.startsAt(schema)) this.#report(path, 'points back to itself')
  }
}

function describeUnchecked(keyword: string): string {
  const advice = Object.hasOwn(UNCHECKED, keyword) ? UNCHECKED[keyword] : undefined
  if (advice !== undefined) return `is a keyword that is not supported: ${advice}`
  const match = closestMatch(keyword.slice(0, 50), [...Object.keys(VALUES), ...Object.keys(SCHEMAS), 'description'])
  return `is not a keyword of JSON Schema${match === undefined ? ': remove it' : ` (did you mean \`${match}\`?)`}`
}
