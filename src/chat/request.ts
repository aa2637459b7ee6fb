import * as v from 'valibot'
import { invalidRequest, validateRequest } from '../config/validate.js'
import type { Issue } from '../errors/request-errors.js'
import type { CompletionRequest } from '../types/completion.js'
import { isObject } from '../utils/json.js'
import { name, oneOf, optional, range, textOr, variant, whole } from '../utils/schema.js'

const text = v.string()
const isBytes = (value: unknown): boolean =>
  value instanceof Uint8Array || value instanceof ArrayBuffer || (typeof Blob === 'function' && value instanceof Blob)

const isImage = (value: unknown): boolean =>
  typeof value === 'string' ? /^data:image\/[\w.+-]+;base64,/.test(value) : isBytes(value)

const jsonObject = v.custom(isObject, 'must be an object')

const partSchema = variant('type', {
  text: v.strictObject({ type: text, text }),
  image: v.strictObject({
    type: text,
    image: v.custom(isImage, 'must be a data:image/…;base64 URL, a Blob or bytes: the server fetches no URL'),
  }),
})

const messageSchema = variant('role', {
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

// Loose: a tool may carry what runs it, which is not the server's affair.
const toolSchema = v.looseObject({
  name,
  description: v.optional(text),
  parameters: optional(
    (value) => isObject(value) && (value.type === undefined || value.type === 'object'),
    'must be a JSON Schema whose type is object',
  ),
})

// The commonest slip: what belongs to the call is put into the request.
const misplaced = optional(() => false, 'goes into the second argument, among the call options')

const requestSchema = v.strictObject({
  signal: misplaced,
  timeout: misplaced,
  maxRetries: misplaced,
  headers: misplaced,
  model: name,
  messages: v.optional(v.array(messageSchema)),
  prompt: v.optional(text),
  system: v.optional(text),
  temperature: range(0, Infinity),
  topP: range(0, 1),
  topK: whole(0),
  minP: range(0, 1),
  maxTokens: whole(1),
  stop: v.optional(textOr(v.array(text, 'must be a text or a list of texts'))),
  seed: whole(-Infinity),
  presencePenalty: range(-2, 2),
  frequencyPenalty: range(-2, 2),
  repeatPenalty: optional((value) => Number.isFinite(value) && (value as number) > 0, 'must be a number above 0'),
  logitBias: optional(
    (value) =>
      isObject(value) && Object.values(value).every((bias) => Number.isFinite(bias) && Math.abs(bias as number) <= 100),
    'must be an object of numbers from -100 to 100 by token id',
  ),
  tools: v.optional(v.array(toolSchema)),
  toolChoice: v.optional(
    v.lazy((value) => (isObject(value) ? v.strictObject({ tool: name }) : oneOf(['auto', 'none', 'required']))),
  ),
  responseFormat: v.optional(
    v.lazy((value) =>
      isObject(value) && 'schema' in value
        ? v.strictObject({ schema: jsonObject, name: v.optional(name) })
        : v.custom(
            (word) => word === 'text' || word === 'json',
            'must be `text`, `json` or { schema, name? } with a JSON Schema',
          ),
    ),
  ),
  reasoningEffort: v.optional(name),
  ttlSeconds: whole(1),
  draftModel: v.optional(name),
  extraBody: v.optional(jsonObject),
})

const NESTED_KEYS = [
  'content',
  'role',
  'toolCalls',
  'toolCallId',
  'image',
  'text',
  'rawArguments',
  'arguments',
  'schema',
  'tool',
]

/** Checks a request before anything is sent; throws an {@link InvalidRequestError} that lists what is wrong. */
export function checkRequest(request: CompletionRequest): void {
  validateRequest(requestSchema, request, NESTED_KEYS)
  const issues: Issue[] = []
  const { messages, prompt, system, tools = [], toolChoice } = request
  const add = (path: Issue['path'], message: string): void => void issues.push({ path, message })
  if ((messages === undefined) === (prompt === undefined))
    add(['messages'], 'or `prompt` must be given, and only one of them')
  if (messages?.length === 0) add(['messages'], 'must have a message')
  messages?.forEach(({ content }, index) => {
    if (Array.isArray(content) && content.length === 0) add(['messages', index, 'content'], 'must have a part')
  })
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
