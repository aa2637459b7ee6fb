import * as v from 'valibot'
import type { Issue } from '../errors/request-errors.js'
import type { CallOptions } from '../types/call-options.js'
import type { ToolChoice } from '../types/completion.js'
import type { Message, ToolDefinition } from '../types/messages.js'
import { isObject } from '../utils/json.js'
import { name, oneOf, optional, textOr, variant } from '../utils/schema.js'

// What the requests of several routes have in common.

const text = v.string()
const isBytes = (value: unknown): boolean =>
  value instanceof Uint8Array || value instanceof ArrayBuffer || (typeof Blob === 'function' && value instanceof Blob)

const isImage = (value: unknown): boolean =>
  typeof value === 'string' ? /^data:image\/[\w.+-]+;base64,/.test(value) : isBytes(value)

/** One part of a user message. */
export const partSchema: v.GenericSchema = variant('type', {
  text: v.strictObject({ type: text, text }),
  image: v.strictObject({
    type: text,
    image: v.custom(isImage, 'must be a data:image/…;base64 URL, a Blob or bytes: the server fetches no URL'),
  }),
})

/** One {@link Message}. */
export const messageSchema: v.GenericSchema = variant('role', {
  system: v.strictObject({ role: text, content: text }),
  user: v.strictObject({ role: text, content: textOr(v.array(partSchema, 'must be a text or a list of parts')) }),
  assistant: v.strictObject({
    role: text,
    content: v.nullish(text),
    toolCalls: v.optional(
      v.array(v.strictObject({ id: name, name, arguments: v.optional(v.unknown()), rawArguments: v.optional(text) })),
    ),
  }),
  tool: v.strictObject({ role: text, toolCallId: name, content: text }),
})

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
  description: v.optional(text),
  parameters: optional(
    (value) => isJSONSchema(value) && (value['type'] === undefined || value['type'] === 'object'),
    'must be a JSON Schema whose type is object; make the tool with `tool()` from a schema of zod, valibot or arktype',
  ),
})

/** A {@link ToolChoice}. */
export const toolChoiceSchema: v.GenericSchema = v.optional(
  v.lazy((value) => (isObject(value) ? v.strictObject({ tool: name }) : oneOf(['auto', 'none', 'required']))),
)

// The commonest slip: what belongs to the call is put into the request.
function callOptionsBelong(argument: string): Readonly<Record<keyof CallOptions, v.GenericSchema>> {
  const misplaced = optional(() => false, `goes into the ${argument} argument, among the call options`)
  return { signal: misplaced, timeout: misplaced, maxRetries: misplaced, headers: misplaced }
}

/** The call options, none of which a request may have. */
export const callOptionEntries: Readonly<Record<keyof CallOptions, v.GenericSchema>> =
  /* @__PURE__ */ callOptionsBelong('second')

/** The same for settings that are a second argument themselves. */
export const callOptionEntriesOfSettings: Readonly<Record<keyof CallOptions, v.GenericSchema>> =
  /* @__PURE__ */ callOptionsBelong('third')

/** Members of messages and tools, for the nearest known name of an unknown one. */
export const MESSAGE_KEYS: readonly string[] = [
  'content',
  'role',
  'toolCalls',
  'toolCallId',
  'image',
  'text',
  'rawArguments',
  'arguments',
  'tool',
]

/** What is wrong with a list of messages beyond its shape. */
export function messageIssues(messages: readonly Message[], at: string): Issue[] {
  if (messages.length === 0) return [{ path: [at], message: 'must have a message' }]
  return messages.flatMap(({ content }, index) =>
    Array.isArray(content) && content.length === 0
      ? [{ path: [at, index, 'content'], message: 'must have a part' }]
      : [],
  )
}

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
