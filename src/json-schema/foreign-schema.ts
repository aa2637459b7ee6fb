import { isObject } from '../utils/json.js'

type Test = (value: Record<string, unknown>) => boolean

const isFunction = (value: unknown): boolean => typeof value === 'function'

/** Schema objects of libraries, which are not JSON Schema, and what to pass instead. The first match counts. */
const LIBRARIES: readonly (readonly [is: Test, advice: string])[] = [
  [(value) => '_zod' in value, 'is a schema of zod: pass `z.toJSONSchema(schema)`'],
  [
    (value) => '_def' in value && isFunction(value['parse']),
    'is a schema of zod 3: upgrade to zod 4.2, or pass `zodToJsonSchema(schema)` of the package zod-to-json-schema',
  ],
  [
    (value) => value['kind'] === 'schema' && isFunction(value['~run']),
    'is a schema of valibot: pass `toJsonSchema(schema)` of the package @valibot/to-json-schema',
  ],
  [
    (value) => value['__isYupSchema__'] === true,
    'is a schema of yup: pass the result of `convertSchema(schema)` of the package @sodaru/yup-to-json-schema',
  ],
  [
    (value) => '$_terms' in value || value['isJoi'] === true,
    'is a schema of joi: pass the result of `parse(schema)` of the package joi-to-json',
  ],
]

/**
 * Returns what a value is and what to pass instead, if it is an object of a schema library or an instance of a class;
 * `undefined` for what may be JSON Schema.
 *
 * @remarks
 * JSON Schema that zod makes is a plain object: it carries the library's marker `~standard` as a non-enumerable property.
 */
export function describeForeignSchema(value: unknown): string | undefined {
  if (typeof value === 'function') return 'is a function: pass JSON Schema'
  if (!isObject(value)) return undefined
  const known = LIBRARIES.find(([is]) => is(value))
  if (known !== undefined) return known[1]
  const prototype = Object.getPrototypeOf(value) as object | null
  // Compared by depth, because a plain object of another realm has another Object.prototype.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    return 'is an instance of a class: pass JSON Schema as a plain object'
  }
  const standard = Object.keys(value).includes('~standard') ? value['~standard'] : undefined
  if (!isObject(standard) || !(isFunction(standard['validate']) || 'jsonSchema' in standard)) return undefined
  return 'is a schema object of a library: pass the JSON Schema that it converts to'
}
