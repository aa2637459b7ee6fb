import * as v from 'valibot'
import type { CompletionRequest } from '../completions/types.js'
import type { CallOptions } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import { type Schema, isStandardSchema } from '../json-schema/standard-schema.js'
import { toJSONSchema } from '../json-schema/to-json-schema.js'
import { once } from '../utils/once.js'
import { flag, optional } from '../validation/schema.js'
import { validateRequest } from '../validation/validate.js'
import type { ObjectRequest } from './types.js'

// Covers only what concerns the schema; the provider checks the rest of the request.
const requestSchema = /* @__PURE__ */ once(() => {
  const forbidden = (message: string): v.GenericSchema => optional(() => false, message)
  const noTools = forbidden('cannot be combined with a schema, which leaves the model no way to call a tool')
  return v.looseObject({
    repair: flag(),
    tools: noTools,
    toolChoice: noTools,
    responseFormat: forbidden('is generated from `schema`'),
  })
})

/** A checked request for an object. */
export interface PreparedObjectRequest<T> {
  readonly completion: CompletionRequest
  readonly schema: Schema<T>
  readonly repair: boolean
}

/**
 * Checks a request and its options and converts it to a completion request.
 *
 * @throws {@link InvalidRequestError} lists what is wrong
 */
export function prepareObjectRequest<T, I>(
  request: ObjectRequest<T, I>,
  options: CallOptions | undefined,
): PreparedObjectRequest<T> {
  checkCallOptions(options)
  validateRequest(requestSchema(), request)
  const { schema, schemaName, repair = false, ...settings } = request
  const jsonSchema = toJSONSchema(schema, ['schema'])
  const responseFormat = { schema: jsonSchema, name: schemaName }
  return {
    completion: { ...settings, responseFormat } as CompletionRequest,
    // Plain JSON Schema is validated with the copy that is sent: the caller may change the original before the response arrives.
    schema: isStandardSchema(schema) ? schema : jsonSchema,
    repair,
  }
}
