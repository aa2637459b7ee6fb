import * as v from 'valibot'
import { invalidRequest, validateRequest } from '../config/validate.js'
import {
  callOptionEntries,
  MESSAGE_KEYS,
  messageIssues,
  messageSchema,
  toolChoiceSchema,
  toolIssues,
  toolSchema,
} from '../generation/request-parts.js'
import { samplingEntries } from '../generation/sampling.js'
import type { RespondRequest } from '../types/responses.js'
import { name, optional, textOr } from '../utils/schema.js'

const { temperature, topP, maxTokens, presencePenalty, frequencyPenalty, extraBody } = samplingEntries
const isInput = optional(() => false, 'is `input` here')

const requestSchema = v.strictObject({
  ...callOptionEntries,
  messages: isInput,
  prompt: isInput,
  system: optional(() => false, 'is `instructions` here'),
  responseFormat: optional(() => false, 'is not kept to by this route: use `complete`'),
  model: name,
  input: textOr(v.array(messageSchema, 'must be a text or a list of messages')),
  instructions: v.optional(v.string()),
  previousResponseId: v.optional(name),
  store: v.optional(v.boolean()),
  tools: v.optional(v.array(toolSchema)),
  toolChoice: toolChoiceSchema,
  reasoningEffort: v.optional(name),
  temperature,
  topP,
  maxTokens,
  presencePenalty,
  frequencyPenalty,
  extraBody,
})

/** Checks a request before anything is sent; throws an {@link InvalidRequestError} that lists what is wrong. */
export function checkRespondRequest(request: RespondRequest): void {
  validateRequest(requestSchema, request, MESSAGE_KEYS)
  const { input, tools, toolChoice } = request
  const issues = [...(typeof input === 'string' ? [] : messageIssues(input, 'input')), ...toolIssues(tools, toolChoice)]
  if (issues.length > 0) throw invalidRequest(issues)
}
