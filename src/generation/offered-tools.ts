import type { ToolChoice } from '../types/completion.js'
import type { ToolCallInput, ToolDefinition } from '../types/messages.js'
import { compact, type JSONObject } from '../utils/json.js'

/** The tools that go on the wire, and the choice among them; no tools at all are no list. */
export function offeredTools(
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
export function describeTool({ name, description, parameters }: ToolDefinition): JSONObject {
  // Without `parameters`, or with one of another type, LM Studio answers 400 (wire reference 9.4).
  return compact({ name, description, parameters: { properties: {}, ...parameters, type: 'object' } })
}

/** The arguments of a call as text. */
export const argumentsText = ({ arguments: parsed, rawArguments }: ToolCallInput): string =>
  rawArguments ?? JSON.stringify(parsed ?? {})
