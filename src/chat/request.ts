import * as v from 'valibot'
import { name, range, whole } from '../config/fields.js'
import { invalidRequest, validateRequest } from '../config/validate.js'
import type { Issue } from '../errors/request-errors.js'
import type { CompletionRequest } from '../types/completion.js'
import { isObject } from '../utils/json.js'

const text = v.string()
const isBytes = (value: unknown): boolean =>
  value instanceof Uint8Array || value instanceof ArrayBuffer || (typeof Blob === 'function' && value instanceof Blob)

const isImage = (value: unknown): boolean =>
  typeof value === 'string' ? /^data:image\/[\w.+-]+;base64,/.test(value) : isBytes(value)

const partSchema = v.variant('type', [
  v.strictObject({ type: v.literal('text'), text }),
  v.strictObject({
    type: v.literal('image'),
    image: v.custom(isImage, 'must be a data:image/…;base64 URL, a Blob or bytes: the server fetches no URL'),
  }),
])

const messageSchema = v.variant('role', [
  v.strictObject({ role: v.literal('system'), content: text }),
  v.strictObject({
    role: v.literal('user'),
    content: v.union([text, v.pipe(v.array(partSchema), v.minLength(1, 'must have a part'))]),
  }),
  v.strictObject({
    role: v.literal('assistant'),
    content: v.nullish(text),
    toolCalls: v.optional(
      v.array(v.strictObject({ id: name, name, arguments: v.optional(v.unknown()), rawArguments: v.optional(text) })),
    ),
  }),
  v.strictObject({ role: v.literal('tool'), toolCallId: name, content: text }),
])

const isParameters = (value: unknown): boolean =>
  isObject(value) && (value.type === undefined || value.type === 'object')

// Loose: a tool may carry what runs it, which is not the server's affair.
const toolSchema = v.looseObject({
  name,
  description: v.optional(text),
  parameters: v.optional(v.custom(isParameters, 'must be a JSON Schema whose type is object')),
})

const jsonObject = v.custom(isObject, 'must be an object')

const requestSchema = v.strictObject({
  model: name,
  messages: v.optional(v.pipe(v.array(messageSchema), v.minLength(1, 'must have a message'))),
  prompt: v.optional(text),
  system: v.optional(text),
  temperature: range(0, Infinity),
  topP: range(0, 1),
  topK: whole(0),
  minP: range(0, 1),
  maxTokens: whole(1),
  stop: v.optional(v.union([text, v.array(text)])),
  seed: whole(-Infinity),
  presencePenalty: range(-2, 2),
  frequencyPenalty: range(-2, 2),
  repeatPenalty: range(0, Infinity),
  logitBias: v.optional(v.record(text, v.number())),
  tools: v.optional(v.array(toolSchema)),
  toolChoice: v.optional(v.union([v.picklist(['auto', 'none', 'required']), v.strictObject({ tool: name })])),
  responseFormat: v.optional(
    v.union([v.picklist(['text', 'json']), v.strictObject({ schema: jsonObject, name: v.optional(name) })]),
  ),
  reasoningEffort: v.optional(name),
  ttlSeconds: whole(1),
  draftModel: v.optional(name),
  extraBody: v.optional(jsonObject),
})

const MESSAGE_KEYS = ['content', 'role', 'toolCalls', 'toolCallId', 'image', 'text', 'rawArguments', 'arguments']

/** Checks a request before anything is sent; throws an {@link InvalidRequestError} that lists everything wrong with it. */
export function checkRequest(request: CompletionRequest): void {
  validateRequest(requestSchema, request, MESSAGE_KEYS)
  const issues: Issue[] = []
  const { messages, prompt, system, tools = [], toolChoice } = request
  const add = (path: Issue['path'], message: string): void => void issues.push({ path, message })
  if ((messages === undefined) === (prompt === undefined))
    add(['messages'], 'or `prompt` must be given, and only one of them')
  if (system !== undefined && prompt === undefined)
    add(['system'], 'goes with `prompt`; put a system message into `messages`')
  const names = tools.map((tool) => tool.name)
  names.forEach((tool, index) => {
    if (names.indexOf(tool) !== index) add(['tools', index, 'name'], 'is there twice')
  })
  if (typeof toolChoice === 'object' && !names.includes(toolChoice.tool))
    add(['toolChoice', 'tool'], 'names none of the tools')
  if (toolChoice === 'required' && names.length === 0) add(['toolChoice'], 'is `required`, but there are no tools')
  if (issues.length > 0) throw invalidRequest(issues)
}
