import * as v from 'valibot'
import type { Issue } from '../errors/errors.js'
import type { ToolCallInput, ToolDefinition } from '../types.js'
import { type JSONObject, compact, isObject } from '../utils/json.js'
import { name, oneOf, optional } from '../validation/schema.js'
import type { ToolChoice } from './types.js'

/**
 * Whether this can be sent as JSON Schema. A library's own schema cannot, though it is an object; JSON Schema made by
 * zod can, which bears the library's mark where JSON does not show it.
 */
export function isJSONSchema(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false
  return !('~standard' in value) || (Object.getPrototypeOf(value) === Object.prototype && !isShown(value))
}

const isShown = (value: object): boolean => Object.keys(value).includes('~standard')

/** One {@link ToolDefinition}; loose, since a tool may carry what runs it, which is not the server's affair. */
export const toolSchema: v.GenericSchema = v.looseObject({
  name,
  description: v.optional(v.string()),
  parameters: optional(
    (value) => isJSONSchema(value) && (value['type'] === undefined || value['type'] === 'object'),
    'must be a JSON Schema whose type is object; make the tool with `tool()` from a schema of zod, valibot or arktype',
  ),
})

/** A {@link ToolChoice}. */
export const toolChoiceSchema: v.GenericSchema = v.optional(
  v.lazy((value) => (isObject(value) ? v.strictObject({ tool: name }) : oneOf(['auto', 'none', 'required']))),
)

/** What is wrong with tools and the choice among them beyond their shape. */
export function toolIssues(tools: readonly ToolDefinition[] = [], toolChoice: ToolChoice | undefined): Issue[] {
  const names = tools.map((tool) => tool.name)
  const issues: Issue[] = names.flatMap((tool, index) =>
    names.indexOf(tool) === index ? [] : [{ path: ['tools', index, 'name'], message: 'is there twice' }],
  )
  if (typeof toolChoice === 'object' && !names.includes(toolChoice.tool))
    issues.push({ path: ['toolChoice', 'tool'], message: 'names none of the tools' })
  if (toolChoice === 'required' && names.length === 0)
    issues.push({ path: ['toolChoice'], message: 'is `required`, but there are no tools' })
  return issues
}

/** The tools that go on the wire, and the choice among them; no tools at all are no list. */
export function selectTools(
  tools: readonly ToolDefinition[] | undefined,
  toolChoice: ToolChoice | undefined,
): { readonly tools: readonly ToolDefinition[] | undefined; readonly choice: string | undefined } {
  // LM Studio refuses the object form of `tool_choice`: the named tool is sent alone, and required.
  const named = typeof toolChoice === 'object' ? toolChoice.tool : undefined
  const offered = named === undefined ? tools : tools?.filter((tool) => tool.name === named)
  if (offered === undefined || offered.length === 0) return { tools: undefined, choice: undefined }
  return { tools: offered, choice: typeof toolChoice === 'object' ? 'required' : toolChoice }
}

/** What a tool is called and takes, as every OpenAI route has it. */
export function toFunctionDefinition({ name, description, parameters }: ToolDefinition): JSONObject {
  // Without `parameters`, or with one of another type, LM Studio answers 400 (wire reference 9.4).
  return compact({ name, description, parameters: { properties: {}, ...parameters, type: 'object' } })
}

/** The arguments of a call as text. */
export const argumentsText = ({ arguments: parsed, rawArguments }: ToolCallInput): string =>
  rawArguments ?? JSON.stringify(parsed ?? {})
