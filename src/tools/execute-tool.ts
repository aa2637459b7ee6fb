import type { Issue } from '../errors/errors.js'
import { validate } from '../json-schema/standard-schema.js'
import type { ToolCall, ToolResult } from '../types.js'
import { closestMatch } from '../utils/edit-distance.js'
import { parseJSON } from '../utils/json.js'
import { formatPath } from '../validation/validate.js'
import { findTool } from './find-tool.js'
import { toContent } from './tool-result-text.js'
import type { Tool, ToolContext } from './types.js'

// Enough for the model to see its slip, and no second copy of arguments without end.
const MAX_QUOTE = 500

/** Answers one call: never rejects, since the model is told what went wrong and may mend it. */
export async function answerCall(
  tools: readonly Tool[],
  toolCall: ToolCall,
  isCut: boolean,
  context: ToolContext,
): Promise<ToolResult> {
  const tool = findTool(tools, toolCall.name)
  if (tool?.execute === undefined) {
    return { toolCall, outcome: 'unknown-tool', content: explainName(toolCall.name, tools) }
  }
  if (isCut || toolCall.arguments === undefined) {
    return { toolCall, outcome: 'invalid-arguments', content: explainJSON(toolCall, isCut) }
  }
  try {
    // Read again, since a tool may change what it is given, and the call stays on record. `null` is how some servers say none.
    const given = parseJSON(toolCall.rawArguments) ?? toolCall.arguments ?? {}
    const checked = await validate(tool.schema ?? { ...tool.parameters, type: 'object' }, given)
    if (checked.issues !== undefined) {
      const { issues } = checked
      return { toolCall, outcome: 'invalid-arguments', content: explainIssues(issues), issues }
    }
    const value = await tool.execute(checked.value, context)
    return { toolCall, outcome: 'done', content: toContent(value), value }
  } catch (error) {
    return { toolCall, outcome: 'failed', content: `Error: ${messageOf(error)}`, error }
  }
}

function explainName(name: string, tools: readonly Tool[]): string {
  const names = tools.map((tool) => tool.name)
  const meant = closestMatch(name, names)
  const guess = meant === undefined ? '' : ` Did you mean ${meant}?`
  return `Error: there is no tool ${name}.${guess} The tools are: ${names.join(', ')}.`
}

function explainJSON({ rawArguments }: ToolCall, isCut: boolean): string {
  if (isCut) return 'Error: the answer reached its limit of tokens inside the arguments. Call again with shorter ones.'
  return `Error: the arguments are no JSON. Call again with a JSON object. They were: ${rawArguments.slice(0, MAX_QUOTE)}`
}

function explainIssues(issues: readonly Issue[]): string {
  const list = issues.map(({ path, message }) => (path.length === 0 ? message : `${formatPath(path)}: ${message}`))
  return `Error: the arguments do not fit. ${list.join('; ')}. Call again with arguments that fit.`
}

function messageOf(error: unknown): string {
  try {
    const { message } = Object(error) as Partial<Error>
    return String(message || (error instanceof Error ? error.name : error))
  } catch {
    return 'the tool failed.'
  }
}
