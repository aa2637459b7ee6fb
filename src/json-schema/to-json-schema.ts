import { type ConversionConfig, toJsonSchema as fromValibot } from '@valibot/to-json-schema'
import { InvalidRequestError } from '../errors/errors.js'
import type { JSONSchema } from '../types.js'
import { compact, isObject } from '../utils/json.js'
import { type Schema, type StandardSchemaV1, isStandard } from './standard-schema.js'
import { resolveRef } from './validate-json-schema.js'

const TARGET = 'draft-07'

/**
 * A schema as the JSON Schema that is sent: of the value the model writes, which is the schema's input.
 *
 * @throws {@link InvalidRequestError} it is no schema, or its library cannot say it in JSON Schema
 */
export function toJSONSchema(schema: Schema): JSONSchema {
  if (isStandard(schema)) return clean(convert(schema))
  if (isObject(schema)) return clean(copyOf(schema))
  throw noSchema()
}

function convert(schema: StandardSchemaV1): JSONSchema {
  const { vendor, jsonSchema } = schema['~standard']
  try {
    if (jsonSchema !== undefined) return jsonSchema.input({ target: TARGET })
    // Valibot has its converter in a package of its own.
    if (vendor === 'valibot') {
      return fromValibot(schema as never, { target: TARGET, typeMode: 'input', overrideAction: passOver }) as JSONSchema
    }
  } catch (cause) {
    throw new InvalidRequestError(`The schema of ${vendor} cannot be said in JSON Schema.`, {
      code: 'invalid-schema',
      hint: `Use only what JSON has (no dates, maps or classes), or pass plain JSON Schema instead.${said(cause)}`,
      cause,
    })
  }
  throw new InvalidRequestError(`The schema of ${vendor} does not say itself in JSON Schema.`, {
    code: 'invalid-schema',
    hint: 'Zod does from 4.2 and arktype from 2.1.28; else pass plain JSON Schema, which such a library can often make.',
  })
}

// A check or a trim that JSON Schema cannot say is no reason to refuse: the answer is validated by the schema itself too.
const passOver: NonNullable<ConversionConfig['overrideAction']> = ({ errors, jsonSchema }) =>
  errors === undefined ? undefined : jsonSchema

const said = (cause: unknown): string => (cause instanceof Error ? ` It says: ${cause.message}` : '')

/** Plain JSON Schema as it is now, without what would show itself only when an answer is checked, which were then lost. */
function copyOf(schema: JSONSchema): JSONSchema {
  let copy: JSONSchema
  try {
    copy = JSON.parse(JSON.stringify(schema)) as JSONSchema
  } catch (cause) {
    throw new InvalidRequestError('The schema is no JSON.', {
      code: 'invalid-schema',
      hint: 'JSON Schema has no bigint and nothing that holds itself; say recursion by `$ref`.',
      cause,
    })
  }
  if (!isObject(copy)) throw noSchema()
  checkRefs(copy, copy)
  return copy
}

function checkRefs(root: JSONSchema, part: unknown): void {
  if (typeof part !== 'object' || part === null) return
  for (const [key, value] of Object.entries(part)) {
    // What these hold are values, in which a `$ref` says nothing.
    if (/^(const|enum|default|examples)$/.test(key)) continue
    if (key === '$ref' && typeof value === 'string') resolveRef(root, value)
    else checkRefs(root, value)
  }
}

const noSchema = (): InvalidRequestError =>
  new InvalidRequestError('This is no schema.', {
    code: 'invalid-schema',
    hint: 'Pass a schema of valibot, zod or arktype, or plain JSON Schema.',
  })

// The server has no use for either, and engines refuse keywords they do not know.
function clean(schema: JSONSchema): JSONSchema {
  return compact({ ...schema, $schema: undefined, '~standard': undefined })
}
