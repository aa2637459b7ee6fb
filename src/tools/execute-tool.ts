import type { Issue } from '../errors/errors.js'
import { validateValue } from '../json-schema/standard-schema.js'
import type { ToolCall, ToolResult } from '../types.js'
import { closestMatch } from '../utils/edit-distance.js'
import { parseJSON } from '../utils/json.js'
import { formatPath } from '../validation/validate.js'
import { findTool } from './find-tool.js'
import { type BlindnessCheck, showMedia } from './show-media.js'
import { readResult } from './tool-result-content.js'
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
  readonly findBlindness: BlindnessCheck
}

/** The result of a call, and the images in it that the model is shown, as data URLs. */
export interface ExecutedCall {
  readonly result: ToolResult
  readonly images: readonly string[]
}

/** Executes one tool call. Never rejects: whatever goes wrong is reported to the model, which may correct its call. */
export async function executeToolCall(execution: ToolExecution): Promise<ExecutedCall> {
  const { toolCall, tools, isTruncated, context } = execution
  const tool = findTool(tools, toolCall.name)
  if (tool?.execute === undefined) {
    return withoutImages({ toolCall, outcome: 'unknown-tool', content: describeUnknownTool(toolCall.name, tools) })
  }
  const invalid = (content: string, issues?: readonly Issue[]): ExecutedCall =>
    withoutImages({ toolCall, outcome: 'invalid-arguments', content, ...(issues && { issues }) })
  if (isTruncated) return invalid(TRUNCATED_ARGUMENTS)
  if (toolCall.arguments === undefined) return invalid(describeInvalidJSON(toolCall))
  try {
    // Parsed again, because a tool may modify its arguments and `steps` must keep the call unchanged. Some servers send
    // `null` for no arguments.
    const args = parseJSON(toolCall.rawArguments) ?? toolCall.arguments ?? {}
    const validation = await validateValue(tool.schema ?? { ...tool.parameters, type: 'object' }, args, context.signal)
    if (validation.issues !== undefined) return invalid(describeIssues(validation.issues), validation.issues)
    return await toExecutedCall(execution, await tool.execute(validation.value, context))
  } catch (error) {
    // The message may quote binary data, as a result may.
    return toFailedCall(toolCall, error, await readContent(execution, messageOf(error)))
  }
}

const withoutImages = (result: ToolResult): ExecutedCall => ({ result, images: [] })

async function toExecutedCall(execution: ToolExecution, value: unknown): Promise<ExecutedCall> {
  const { toolCall } = execution
  const read = await readContent(execution, value)
  if (read.isError) return toFailedCall(toolCall, value, read)
  return { result: { toolCall, outcome: 'done', content: read.content, value }, images: read.images }
}

const toFailedCall = (toolCall: ToolCall, error: unknown, { content, images }: Content): ExecutedCall => ({
  result: { toolCall, outcome: 'failed', content: `Error: ${content}`, error },
  images,
})

/** What the model gets of a value: its text, and the images in it. */
interface Content {
  readonly content: string
  readonly images: readonly string[]
  /** Whether the value is marked as an error. */
  readonly isError: boolean
}

async function readContent({ findBlindness }: ToolExecution, value: unknown): Promise<Content> {
  const { media, isError, toText } = readResult(value)
  const images = await showMedia(media, findBlindness)
  // Read afterwards: the text names the media that are not shown.
  return { content: toText(), images, isError }
}

// The texts below are read by the model.

const TRUNCATED_ARGUMENTS =
  'Error: the response reached its token limit inside the arguments. Call the tool again with shorter arguments.'

function describeUnknownTool(name: string, tools: readonly Tool[]): string {
  const names = tools.map((tool) => tool.name)
  const shortName = name.slice(0, MAX_QUOTED_CHARACTERS)
  const match = closestMatch(shortName, names)
  const suggestion = match === undefined ? '' : ` Did you mean ${match}?`
  return `Error: there is no tool named ${shortName}.${suggestion} Available tools: ${names.join(', ')}.`
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
    return String(message || error)
  } catch {
    return 'the tool failed.'
  }
}
