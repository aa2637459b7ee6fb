import { toJsonSchema as fromValibot } from '@valibot/to-json-schema'
import { InvalidRequestError } from '../errors/request-errors.js'
import type { JSONSchema } from '../types/messages.js'
import type { Schema, StandardSchemaV1 } from '../types/standard-schema.js'
import { compact, isObject } from '../utils/json.js'
import { isStandard } from './is-standard.js'

const TARGET = 'draft-07'

/**
 * A schema as the JSON Schema that is sent: of the value the model writes, which is the schema's input.
 *
 * @throws {@link InvalidRequestError} it is no schema, or its library cannot say it in JSON Schema
 */
export function toJSONSchema(schema: Schema): JSONSchema {
  if (isStandard(schema)) return clean(convert(schema))
  if (isObject(schema)) return clean(schema)
  throw new InvalidRequestError('This is no schema.', {
    code: 'invalid-schema',
    hint: 'Pass a schema of valibot, zod or arktype, or plain JSON Schema.',
  })
}

function convert(schema: StandardSchemaV1): JSONSchema {
  const { vendor, jsonSchema } = schema['~standard']
  try {
    if (jsonSchema !== undefined) return jsonSchema.input({ target: TARGET })
    // Valibot has its converter in a package of its own.
    if (vendor === 'valibot') {
      return fromValibot(schema as never, { target: TARGET, typeMode: 'input' }) as JSONSchema
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

const said = (cause: unknown): string => (cause instanceof Error ? ` It says: ${cause.message}` : '')

// The server has no use for either, and engines refuse keywords they do not know.
function clean(schema: JSONSchema): JSONSchema {
  return compact({ ...schema, $schema: undefined, '~standard': undefined })
}
