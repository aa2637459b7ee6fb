import { type ConversionConfig, toJsonSchema as fromValibot } from '@valibot/to-json-schema'
import { InvalidRequestError } from '../errors/errors.js'
import type { Issue, JSONSchema } from '../types.js'
import { isError } from '../utils/is-error.js'
import { compact, isObject } from '../utils/json.js'
import { capitalize, invalidRequest } from '../validation/validate.js'
import { jsonSchemaIssues } from './schema-issues.js'
import {
  type Schema,
  type StandardJSONSchemaConverter,
  type StandardSchemaV1,
  isStandardSchema,
} from './standard-schema.js'

const TARGET = 'draft-07'

/**
 * Converts a schema to the JSON Schema that is sent. It describes the schema's input, which is what the model writes.
 *
 * @param path - path of the schema in the request, with which the paths of the issues begin
 *
 * @throws {@link InvalidRequestError} the value is not a schema, its library cannot express it as JSON Schema, or it is
 * JSON Schema with a keyword that {@link validateValue} does not check
 */
export function toJSONSchema(schema: Schema, path: Issue['path'] = []): JSONSchema {
  if (isStandardSchema(schema)) return withoutMetadata(convert(schema))
  const converter = converterOf(schema)
  // Without a validation of its own, the schema is validated as the JSON Schema that it converts to.
  if (converter !== undefined)
    return withoutMetadata(copyJSONSchema(convert(schema as unknown as StandardSchemaV1), path))
  if (isObject(schema) || typeof schema === 'function') return withoutMetadata(copyJSONSchema(schema, path))
  throw notASchema()
}

/** Returns the converter of a Standard JSON Schema, which may come without a validation. */
function converterOf(schema: unknown): StandardJSONSchemaConverter | undefined {
  if (!isObject(schema) && typeof schema !== 'function') return undefined
  const standard = (schema as { readonly '~standard'?: unknown })['~standard']
  const converter = isObject(standard) ? standard['jsonSchema'] : undefined
  const isConverter = isObject(converter) && typeof converter['input'] === 'function'
  return isConverter ? (converter as unknown as StandardJSONSchemaConverter) : undefined
}

function convert(schema: StandardSchemaV1): JSONSchema {
  const { vendor } = schema['~standard']
  try {
    const converted = converterOf(schema)?.input({ target: TARGET }) ?? convertValibot(schema)
    if (isObject(converted)) return converted
  } catch (cause) {
    const reason = isError(cause) ? ` ${vendor} reports: ${cause.message}` : ''
    throw new InvalidRequestError(`The ${vendor} schema cannot be expressed as JSON Schema.`, {
      code: 'invalid-schema',
      hint: `Use only types that JSON has. For a date or a map, use a text or an object with a transform, or pass plain JSON Schema.${reason}`,
      cause,
    })
  }
  throw new InvalidRequestError(`The ${vendor} schema does not support conversion to JSON Schema.`, {
    code: 'invalid-schema',
    hint: conversionHint(schema),
  })
}

/** Valibot keeps its converter in a separate package instead of implementing Standard JSON Schema. */
function convertValibot(schema: StandardSchemaV1): unknown {
  if (schema['~standard'].vendor !== 'valibot') return undefined
  return fromValibot(schema as never, { target: TARGET, typeMode: 'input', overrideAction: omitUnsupportedAction })
}

function conversionHint(schema: StandardSchemaV1): string {
  if (schema['~standard'].vendor !== 'zod') {
    return 'Use zod 4.2 or later or arktype 2.1.28 or later, or pass plain JSON Schema, which many libraries can generate.'
  }
  return '_zod' in schema
    ? 'Pass `z.toJSONSchema(schema)`, or use `zod` 4.2 or later instead of `zod/mini`.'
    : 'Upgrade to zod 4.2 or later, or pass `zodToJsonSchema(schema)` of the package zod-to-json-schema.'
}

// A check or a trim that JSON Schema cannot express is left out: the schema itself validates the response again.
const omitUnsupportedAction: NonNullable<ConversionConfig['overrideAction']> = ({ errors, jsonSchema }) =>
  errors === undefined ? undefined : jsonSchema

/**
 * Copies plain JSON Schema, so that later changes by the caller have no effect, and checks it now: found only during
 * validation, a mistake would cost the response.
 */
function copyJSONSchema(schema: JSONSchema, path: Issue['path']): JSONSchema {
  let copy: unknown
  try {
    copy = JSON.parse(JSON.stringify(schema) ?? 'null')
  } catch (cause) {
    throw new InvalidRequestError('The JSON Schema cannot be serialized.', {
      code: 'invalid-schema',
      hint: 'Remove bigints and circular references; express recursion with `$ref`.',
      cause,
    })
  }
  // The original: a copy does not show of which class it is.
  const issues = jsonSchemaIssues(schema, { path, isValidated: true })
  if (!isObject(copy) && typeof schema !== 'function') throw notASchema()
  if (issues.length > 0) throw invalidSchema(issues)
  return copy as JSONSchema
}

function invalidSchema(issues: readonly Issue[]): InvalidRequestError {
  const { message } = invalidRequest(issues)
  // After `must be one of:` comes a list.
  const advice = /^(?!must ).*?: (.+)$/.exec(issues[0]!.message)?.[1]
  return new InvalidRequestError(message.replace('request', 'schema'), {
    code: 'invalid-schema',
    issues,
    hint: advice && `${capitalize(advice)}.`,
  })
}

const notASchema = (): InvalidRequestError => new InvalidRequestError('Expected a schema.', { code: 'invalid-schema' })

// The server needs neither, and some engines reject keywords they do not know.
const withoutMetadata = (schema: JSONSchema): JSONSchema =>
  compact({ ...schema, $schema: undefined, '~standard': undefined })
