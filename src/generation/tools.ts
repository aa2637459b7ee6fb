import * as v from 'valibot'
import type { Issue } from '../errors/errors.js'
import type { ToolCallInput, ToolDefinition } from '../types.js'
import { isObject, type JSONObject } from '../utils/json.js'
import { once } from '../utils/once.js'
import { type EntriesOf, name, oneOf, optional } from '../validation/schema.js'
import type { ToolChoice } from './types.js'

/**
 * Whether a value can be sent as JSON Schema. A schema object of a library cannot. JSON Schema that zod makes can: it
 * carries the library's marker `~standard` as a non-enumerable property.
 */
export function isJSONSchema(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false
  const isPlainObject = Object.getPrototypeOf(value) === Object.prototype
  return !('~standard' in value) || (isPlainObject && !Object.keys(value).includes('~standard'))
}

/** One {@link ToolDefinition}. Loose, because a tool may also carry the function that runs it. */
export const toolSchema = /* @__PURE__ */ once(() => {
  const parameters = optional(
    (value) => isJSONSchema(value) && (value['type'] === undefined || value['type'] === 'object'),
    'must be JSON Schema of type object; use `tool()` for a schema of zod, valibot or arktype',
  )
  return v.looseObject({
    name,
    description: v.optional(v.string()),
    parameters,
  } satisfies EntriesOf<ToolDefinition>)
})

/** A {@link ToolChoice}. */
export const toolChoiceSchema = /* @__PURE__ */ once(() => {
  const word = oneOf(['auto', 'none', 'required'])
  const named = v.strictObject({ tool: name })
  return v.optional(v.lazy((value): v.GenericSchema => (isObject(value) ? named : word)))
})

/** Returns what is wrong with tools and the tool choice beyond their shape. */
export function toolIssues(tools: readonly ToolDefinition[] = [], toolChoice: ToolChoice | undefined): Issue[] {
  const names = tools.map((tool) => tool.name)
  const issues: Issue[] = names.flatMap((tool, index) =>
    names.indexOf(tool) === index ? [] : [{ path: ['tools', index, 'name'], message: 'is used by another tool' }],
  )
  if (typeof toolChoice === 'object' && !names.includes(toolChoice.tool))
    issues.push({ path: ['toolChoice', 'tool'], message: 'must be the name of one of the tools' })
  if (toolChoice === 'required' && names.length === 0)
    issues.push({ path: ['toolChoice'], message: 'is `required`, but there are no tools' })
  return issues
}

/** Returns the tools to send and the choice among them; both are `undefined` where there is no tool. */
export function selectTools(
  tools: readonly ToolDefinition[],
  toolChoice: ToolChoice | undefined,
): { readonly tools: readonly ToolDefinition[] | undefined; readonly choice: string | undefined } {
  // LM Studio rejects the object form of `tool_choice`, so the named tool is sent alone and required.
  const named = typeof toolChoice === 'object' ? toolChoice.tool : undefined
  const selected = named === undefined ? tools : tools.filter((tool) => tool.name === named)
  if (selected.length === 0) return { tools: undefined, choice: undefined }
  return { tools: selected, choice: typeof toolChoice === 'object' ? 'required' : toolChoice }
}

/** Maps a tool to the function definition that every OpenAI-compatible route uses. */
export function toFunctionDefinition({ name, description, parameters }: ToolDefinition): JSONObject {
  // Without `parameters`, or with parameters of another type, LM Studio answers 400 (docs/http-api.md 9.4).
  return { name, description, parameters: { properties: {}, ...parameters, type: 'object' } }
}

/** Returns the arguments of a call as JSON. */
export const argumentsText = ({ arguments: parsed, rawArguments }: ToolCallInput): string =>
  rawArguments ?? JSON.stringify(parsed ?? {})
