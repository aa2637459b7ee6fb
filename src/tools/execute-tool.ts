import type { Issue } from '../errors/errors.js'
import { validateValue } from '../json-schema/standard-schema.js'
import type { ToolCall, ToolResult } from '../types.js'
import { closestMatch } from '../utils/edit-distance.js'
import { parseJSON } from '../utils/json.js'
import { formatPath } from '../validation/validate.js'
import { findTool } from './find-tool.js'
import { toResultText } from './tool-result-text.js'
import type { Tool, ToolContext } from './types.js'

// Enough for the model to recognize its mistake without repeating very long arguments.
const MAX_QUOTED_CHARACTERS = 500

/** One call to execute, and what its execution needs. */
export interface ToolExecution {
  readonly toolCall: ToolCall
  readonly tools: readonly Tool[]
  /** Whether the token limit may have cut the arguments off. */
  readonly isTruncated: boolean
  readonly context: ToolContext
}

/** Executes one tool call. Never rejects: whatever goes wrong is reported to the model, which may correct its call. */
export async function executeToolCall({ toolCall, tools, isTruncated, context }: ToolExecution): Promise<ToolResult> {
  const tool = findTool(tools, toolCall.name)
  if (tool?.execute === undefined) {
    return { toolCall, outcome: 'unknown-tool', content: describeUnknownTool(toolCall.name, tools) }
  }
  if (isTruncated) return { toolCall, outcome: 'invalid-arguments', content: TRUNCATED_ARGUMENTS }
  if (toolCall.arguments === undefined) {
    return { toolCall, outcome: 'invalid-arguments', content: describeInvalidJSON(toolCall) }
  }
  try {
    // Parsed again, because a tool may modify its arguments and `steps` must keep the call unchanged. Some servers send
    // `null` for no arguments.
    const args = parseJSON(toolCall.rawArguments) ?? toolCall.arguments ?? {}
    const validation = await validateValue(tool.schema ?? { ...tool.parameters, type: 'object' }, args)
    if (validation.issues !== undefined) {
      const { issues } = validation
      return { toolCall, outcome: 'invalid-arguments', content: describeIssues(issues), issues }
    }
    const value = await tool.execute(validation.value, context)
    return { toolCall, outcome: 'done', content: toResultText(value), value }
  } catch (error) {
    return { toolCall, outcome: 'failed', content: `Error: ${messageOf(error)}`, error }
  }
}

// The texts below are read by the model.

const TRUNCATED_ARGUMENTS =
  'Error: the response reached its token limit inside the arguments. Call the tool again with shorter arguments.'

function describeUnknownTool(name: string, tools: readonly Tool[]): string {
  const names = tools.map((tool) => tool.name)
  const match = closestMatch(name, names)
  const suggestion = match === undefined ? '' : ` Did you mean ${match}?`
  return `Error: there is no tool named ${name}.${suggestion} Available tools: ${names.join(', ')}.`
}

function describeInvalidJSON({ rawArguments }: ToolCall): string {
  const quote = rawArguments.slice(0, MAX_QUOTED_CHARACTERS)
  return `Error: the arguments are not valid JSON. Call the tool again with a JSON object. Received: ${quote}`
}

function describeIssues(issues: readonly Issue[]): string {
  const list = issues.map(({ path, message }) => (path.length === 0 ? message : `${formatPath(path)}: ${message}`))
  return `Error: the arguments are invalid. ${list.join('; ')}. Call the tool again with valid arguments.`
}

function messageOf(error: unknown): string {
  try {
    const { message } = Object(error) as Partial<Error>
    return String(message || (error instanceof Error ? error.name : error))
  } catch {
    return 'the tool failed.'
  }
}
