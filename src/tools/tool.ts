import * as v from 'valibot'
import { isOpenAITool, nameInFunction, renamedToolEntries } from '../generation/tools.js'
import { isEmptySchema } from '../json-schema/schema-issues.js'
import { isStandardSchema } from '../json-schema/standard-schema.js'
import { toJSONSchema } from '../json-schema/to-json-schema.js'
import { compact } from '../utils/json.js'
import { once } from '../utils/once.js'
import { type EntriesOf, name, optional } from '../validation/schema.js'
import { invalidRequest, validateRequest } from '../validation/validate.js'
import type { Tool, ToolInit } from './types.js'

const toolSchema = /* @__PURE__ */ once(() =>
  v.strictObject({
    ...renamedToolEntries,
    name,
    description: v.optional(v.string()),
    parameters: v.optional(v.unknown()),
    execute: optional((value) => typeof value === 'function', 'must be a function'),
  } satisfies EntriesOf<ToolInit>),
)

const openAISchema = /* @__PURE__ */ once(() => v.looseObject({ name: nameInFunction }))

/**
 * Defines a tool for {@link runTools}. The type of the arguments is inferred from a schema of valibot, zod or arktype; for
 * plain JSON Schema, give it: `tool<{ city: string }>({ … })`.
 *
 * @throws {@link InvalidRequestError} a field is invalid, or `parameters` cannot be expressed as the JSON Schema of an
 * object
 *
 * @example
 * ```ts
 * const weather = tool({
 *   name: 'get_weather',
 *   description: 'Returns the current weather of a city.',
 *   parameters: v.object({ city: v.string() }),
 *   execute: ({ city }) => lookUp(city),
 * })
 * ```
 */
export function tool<T = unknown>(definition: ToolInit<T>): Tool<T> {
  validateRequest(isOpenAITool(definition) ? openAISchema() : toolSchema(), definition)
  const { name, description, parameters: schema, execute } = definition
  const parameters = schema === undefined || isEmptySchema(schema) ? undefined : toJSONSchema(schema, ['parameters'])
  const type = parameters?.['type']
  if (type !== undefined && type !== 'object') {
    throw invalidRequest(
      [{ path: ['parameters'], message: 'must be the schema of an object' }],
      'Wrap the value in an object, because models pass tool arguments by name.',
    )
  }
  return compact({
    name,
    description,
    parameters,
    schema: schema !== undefined && isStandardSchema(schema) ? schema : undefined,
    execute: execute?.bind(definition),
  }) as Tool<T>
}
