import { type ConversionConfig, toJsonSchema as fromValibot } from '@valibot/to-json-schema'
import { InvalidRequestError } from '../errors/errors.js'
import type { JSONSchema } from '../types.js'
import { compact, isObject } from '../utils/json.js'
import { resolveRef } from './resolve-ref.js'
import { type Schema, type StandardSchemaV1, isStandardSchema } from './standard-schema.js'

const TARGET = 'draft-07'

/**
 * Converts a schema to the JSON Schema that is sent. It describes the schema's input, which is what the model writes.
 *
 * @throws {@link InvalidRequestError} the value is not a schema, or its library cannot express it as JSON Schema
 */
export function toJSONSchema(schema: Schema): JSONSchema {
  if (isStandardSchema(schema)) return withoutMetadata(convert(schema))
  if (isObject(schema)) return withoutMetadata(copyJSONSchema(schema))
  throw notASchema()
}

function convert(schema: StandardSchemaV1): JSONSchema {
  const { vendor, jsonSchema } = schema['~standard']
  try {
    if (jsonSchema !== undefined) return jsonSchema.input({ target: TARGET })
    // Valibot keeps its converter in a separate package instead of implementing Standard JSON Schema.
    if (vendor === 'valibot') {
      return fromValibot(schema as never, {
        target: TARGET,
        typeMode: 'input',
        overrideAction: omitUnsupportedAction,
      }) as JSONSchema
    }
  } catch (cause) {
    const reason = cause instanceof Error ? ` ${vendor} reports: ${cause.message}` : ''
    throw new InvalidRequestError(`The ${vendor} schema cannot be expressed as JSON Schema.`, {
      code: 'invalid-schema',
      hint: `Use only types that JSON has (no dates, maps or classes), or pass plain JSON Schema.${reason}`,
      cause,
    })
  }
  throw new InvalidRequestError(`The ${vendor} schema does not support conversion to JSON Schema.`, {
    code: 'invalid-schema',
    hint: 'Use zod 4.2 or later or arktype 2.1.28 or later, or pass plain JSON Schema, which many libraries can generate.',
  })
}

// A check or a trim that JSON Schema cannot express is left out: the schema itself validates the response again.
const omitUnsupportedAction: NonNullable<ConversionConfig['overrideAction']> = ({ errors, jsonSchema }) =>
  errors === undefined ? undefined : jsonSchema

/**
 * Copies plain JSON Schema, so that later changes by the caller have no effect, and checks its references now: found
 * only during validation, a broken one would cost the response.
 */
function copyJSONSchema(schema: JSONSchema): JSONSchema {
  let copy: JSONSchema
  try {
    copy = JSON.parse(JSON.stringify(schema)) as JSONSchema
  } catch (cause) {
    throw new InvalidRequestError('The JSON Schema cannot be serialized.', {
      code: 'invalid-schema',
      hint: 'Remove bigints and circular references; express recursion with `$ref`.',
      cause,
    })
  }
  if (!isObject(copy)) throw notASchema()
  checkRefs(copy, copy)
  return copy
}

function checkRefs(root: JSONSchema, part: unknown): void {
  if (typeof part !== 'object' || part === null) return
  for (const [key, value] of Object.entries(part)) {
    // These keywords hold plain values, in which `$ref` has no meaning.
    if (/^(const|enum|default|examples)$/.test(key)) continue
    if (key === '$ref' && typeof value === 'string') resolveRef(root, value)
    else checkRefs(root, value)
  }
}

const notASchema = (): InvalidRequestError => new InvalidRequestError('Expected a schema.', { code: 'invalid-schema' })

// The server needs neither, and some engines reject keywords they do not know.
const withoutMetadata = (schema: JSONSchema): JSONSchema =>
  compact({ ...schema, $schema: undefined, '~standard': undefined })
