import * as v from 'valibot'
import type { CompletionRequest } from '../completions/types.js'
import type { CallOptions } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import type { Schema } from '../json-schema/standard-schema.js'
import { toJSONSchema } from '../json-schema/to-json-schema.js'
import { optional } from '../validation/schema.js'
import { validateRequest } from '../validation/validate.js'
import type { ObjectRequest } from './types.js'

const never = (why: string): v.GenericSchema => optional(() => false, why)
const noTools = never('cannot go with a schema, which leaves the model no way to call one')

/** Only what concerns the schema; the rest is for the provider to judge. */
const requestSchema = v.looseObject({
  repair: v.optional(v.boolean('must be true or false')),
  tools: noTools,
  toolChoice: noTools,
  responseFormat: never('is made of `schema`'),
})

/** A request for an object, taken apart. */
export interface Prepared<T> {
  /** As the provider takes it. */
  readonly completion: CompletionRequest
  readonly schema: Schema<T>
  readonly mayRepair: boolean
}

/** Checks a request with its options and says it as a completion; throws {@link InvalidRequestError}. */
export function prepare<T, I>(request: ObjectRequest<T, I>, options: CallOptions | undefined): Prepared<T> {
  checkCallOptions(options)
  validateRequest(requestSchema, request)
  const { schema, schemaName, repair = false, ...settings } = request
  const responseFormat = { schema: toJSONSchema(schema), name: schemaName }
  return { completion: { ...settings, responseFormat } as CompletionRequest, schema, mayRepair: repair }
}
