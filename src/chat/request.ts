import * as v from 'valibot'
import { invalidRequest, validateRequest } from '../config/validate.js'
import { promptIssues } from '../generation/prompt.js'
import {
  callOptionEntries,
  isJSONSchema,
  MESSAGE_KEYS,
  messageIssues,
  messageSchema,
  toolChoiceSchema,
  toolIssues,
  toolSchema,
} from '../generation/request-parts.js'
import { samplingEntries } from '../generation/sampling.js'
import type { CompletionRequest } from '../types/completion.js'
import { isObject } from '../utils/json.js'
import { name, optional } from '../utils/schema.js'

const text = v.string()
const jsonSchema = v.custom(
  isJSONSchema,
  'must be JSON Schema; `generateObject` takes a schema of zod, valibot or arktype',
)

const requestSchema = v.strictObject({
  ...callOptionEntries,
  input: optional(() => false, 'is `prompt` or `messages` here'),
  instructions: optional(() => false, 'is `system`, or a system message, here'),
  model: name,
  messages: v.optional(v.array(messageSchema)),
  prompt: v.optional(text),
  system: v.optional(text),
  ...samplingEntries,
  tools: v.optional(v.array(toolSchema)),
  toolChoice: toolChoiceSchema,
  responseFormat: v.optional(
    v.lazy((value) =>
      isObject(value) && 'schema' in value
        ? v.strictObject({ schema: jsonSchema, name: v.optional(name) })
        : v.custom(
            (word) => word === 'text' || word === 'json',
            'must be `text`, `json` or { schema, name? } with a JSON Schema',
          ),
    ),
  ),
  reasoningEffort: v.optional(name),
})

/** Checks a request before anything is sent; throws an {@link InvalidRequestError} that lists what is wrong. */
export function checkRequest(request: CompletionRequest): void {
  validateRequest(requestSchema, request, [...MESSAGE_KEYS, 'schema'])
  const { messages, prompt, system, tools, toolChoice } = request
  const issues = promptIssues(request)
  if (messages !== undefined) issues.push(...messageIssues(messages, 'messages'))
  if (system !== undefined && prompt === undefined)
    issues.push({ path: ['system'], message: 'goes with `prompt`; put a system message into `messages`' })
  issues.push(...toolIssues(tools, toolChoice))
  if (issues.length > 0) throw invalidRequest(issues)
}
