import * as v from 'valibot'
import type { Issue } from '../errors/errors.js'
import { isEmptySchema, jsonSchemaIssues } from '../json-schema/schema-issues.js'
import type { ToolCallInput, ToolDefinition } from '../types.js'
import { isObject, type JSONObject, parseJSON } from '../utils/json.js'
import { once } from '../utils/once.js'
import { type EntriesOf, name, oneOf, optional } from '../validation/schema.js'
import { serialize } from '../validation/validate.js'
import type { ToolChoice } from './types.js'

// Schema objects of arktype are functions; `parameterIssues` says what to do with them.
const isParameters = (value: unknown): boolean => isObject(value) || typeof value === 'function'

/* @__NO_SIDE_EFFECTS__ */
function renamedEntries() {
  const isParameters = optional<never>(() => false, 'is `parameters` here')
  return { inputSchema: isParameters, ['input_schema']: isParameters }
}

/** The names that other clients and MCP servers use for `parameters`: ignored, the tool would have no arguments. */
export const renamedToolEntries = /* @__PURE__ */ renamedEntries()

const OPENAI_TOOL = 'is missing: pass what OpenAI has under `function`, { name, description, parameters }'

/** The `name` of a tool in the form of OpenAI, which has it one level deeper. The default stands for a missing name. */
export const nameInFunction = /* @__PURE__ */ v.optional(
  /* @__PURE__ */ v.custom<string>((value) => value !== '', OPENAI_TOOL),
  '',
)

/** Whether a tool is in the form of OpenAI. */
export const isOpenAITool = (value: unknown): boolean => isObject(value) && isObject(value['function'])

/** The entries of a {@link ToolDefinition}. */
export const toolEntries = /* @__PURE__ */ once(
  () =>
    ({
      name,
      description: v.optional(v.string()),
      parameters: optional(isParameters, 'must be JSON Schema of type object'),
    }) satisfies EntriesOf<ToolDefinition>,
)

/** One {@link ToolDefinition}. Loose, because a tool may also carry the function that runs it. */
export const toolSchema = /* @__PURE__ */ once(() => {
  const execute = optional((value) => typeof value === 'function', 'must be a function')
  const flat = v.looseObject({ ...renamedToolEntries, ...toolEntries(), execute })
  const nested = v.looseObject({ name: nameInFunction })
  return v.lazy((value): v.GenericSchema => (isOpenAITool(value) ? nested : flat))
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
  const known = new Set<string>()
  const issues: Issue[] = tools.flatMap((tool, index) => {
    const isTaken = known.has(tool.name)
    known.add(tool.name)
    return [
      ...(isTaken ? [{ path: ['tools', index, 'name'], message: 'is used by another tool' }] : []),
      ...parameterIssues(tool, ['tools', index, 'parameters']),
    ]
  })
  if (typeof toolChoice === 'object' && !names.includes(toolChoice.tool))
    issues.push({ path: ['toolChoice', 'tool'], message: 'must be the name of one of the tools' })
  if (toolChoice === 'required' && names.length === 0)
    issues.push({ path: ['toolChoice'], message: 'is `required`, but there are no tools' })
  return issues
}

function parameterIssues({ parameters }: ToolDefinition, path: Issue['path']): Issue[] {
  if (parameters === undefined || isEmptySchema(parameters)) return []
  const issues = jsonSchemaIssues(parameters, { path, isValidated: false, helper: 'tool()' })
  const type: unknown = parameters['type']
  return issues.length > 0 || type === undefined || type === 'object'
    ? issues
    : [{ path, message: 'must be JSON Schema of type object' }]
}

/** Returns the tools to send and the choice among them; both are `undefined` without any tool. */
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
  // Without `parameters`, or with parameters of another type, LM Studio responds with 400 (docs/http-api.md 9.4).
  return { name, description, parameters: { properties: {}, ...parameters, type: 'object' } }
}

/**
 * Returns the arguments of a call as the JSON of an object.
 *
 * @remarks
 * Chat templates iterate over the arguments, so anything else would fail every later request of the conversation: `{}`
 * takes the place of arguments that are cut, empty or not an object.
 */
export function argumentsText({ arguments: parsed, rawArguments }: ToolCallInput): string {
  // Other clients keep the arguments as JSON text.
  const other = typeof parsed === 'string' || parsed === undefined ? parsed : serialize(parsed)
  return [rawArguments, other].find((text) => text !== undefined && isObject(parseJSON(text))) ?? '{}'
}
