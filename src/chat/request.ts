import * as v from 'valibot'
import { invalidRequest, validateRequest } from '../config/validate.js'
import type { Issue } from '../errors/request-errors.js'
import {
  callOptionEntries,
  MESSAGE_KEYS,
  messageIssues,
  messageSchema,
  toolChoiceSchema,
  toolIssues,
  toolSchema,
} from '../generation/request-parts.js'
import type { CompletionRequest } from '../types/completion.js'
import { isObject } from '../utils/json.js'
import { name, optional, range, textOr, whole } from '../utils/schema.js'

const text = v.string()
const jsonObject = v.custom(isObject, 'must be an object')

const requestSchema = v.strictObject({
  ...callOptionEntries,
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
  toolChoice: toolChoiceSchema,
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

/** Checks a request before anything is sent; throws an {@link InvalidRequestError} that lists what is wrong. */
export function checkRequest(request: CompletionRequest): void {
  validateRequest(requestSchema, request, [...MESSAGE_KEYS, 'schema'])
  const { messages, prompt, system, tools, toolChoice } = request
  const issues: Issue[] = []
  if ((messages === undefined) === (prompt === undefined))
    issues.push({ path: ['messages'], message: 'or `prompt` must be given, and only one of them' })
  if (messages !== undefined) issues.push(...messageIssues(messages, 'messages'))
  if (system !== undefined && prompt === undefined)
    issues.push({ path: ['system'], message: 'goes with `prompt`; put a system message into `messages`' })
  issues.push(...toolIssues(tools, toolChoice))
  if (issues.length > 0) throw invalidRequest(issues)
}
