import * as v from 'valibot'
import { isStandard } from '../json-schema/standard-schema.js'
import { toJSONSchema } from '../json-schema/to-json-schema.js'
import { compact } from '../utils/json.js'
import { name, optional } from '../validation/schema.js'
import { invalidRequest, validateRequest } from '../validation/validate.js'
import type { Tool, ToolInit } from './types.js'

const toolSchema = v.strictObject({
  name,
  description: v.optional(v.string()),
  parameters: v.optional(v.unknown()),
  execute: optional((value) => typeof value === 'function', 'must be a function'),
})

/**
 * Defines a tool. The type of `execute`'s arguments comes from the schema, or is given: `tool<{ city: string }>({ … })`.
 *
 * @throws {@link InvalidRequestError} a field is wrong, or the schema is none, cannot be said in JSON Schema or is not one
 * of an object
 *
 * @example
 * ```ts
 * const weather = tool({
 *   name: 'get_weather',
 *   description: 'The weather of a city.',
 *   parameters: v.object({ city: v.string() }),
 *   execute: ({ city }) => lookUp(city),
 * })
 * ```
 */
export function tool<T = unknown>(definition: ToolInit<T>): Tool<T> {
  validateRequest(toolSchema, definition)
  const { name: called, description, parameters: schema, execute } = definition
  const parameters = schema === undefined ? undefined : toJSONSchema(schema)
  const type = parameters?.['type']
  if (type !== undefined && type !== 'object') {
    throw invalidRequest(
      [{ path: ['parameters'], message: 'must be a schema of an object' }],
      'Put the value into an object: models give the arguments of a tool by name.',
    )
  }
  return compact({
    name: called,
    description,
    parameters,
    schema: schema !== undefined && isStandard(schema) ? schema : undefined,
    execute: execute?.bind(definition),
  }) as Tool<T>
}
