import { once } from '../utils/once.js'
import * as v from 'valibot'
import type { CompletionRequest } from '../completions/types.js'
import { assertProvider } from '../generation/assert-provider.js'
import { promptIssues, toMessages } from '../generation/messages.js'
import { toolChoiceSchema, toolIssues } from '../generation/tools.js'
import { isStandard } from '../json-schema/standard-schema.js'
import { toJSONSchema } from '../json-schema/to-json-schema.js'
import type { ModelProvider } from '../provider.js'
import type { Message, ToolStep } from '../types.js'
import { isObject } from '../utils/json.js'
import { name, optional, whole } from '../validation/schema.js'
import { invalidRequest, validateRequest } from '../validation/validate.js'
import { tool } from './tool.js'
import type { RunToolsRequest, Tool } from './types.js'

/** A request as the loop goes through it, taken when it was made. */
export interface LoopRequest {
  readonly messages: readonly Message[]
  readonly tools: readonly Tool[]
  readonly maxRounds: number
  readonly onStep: ((step: ToolStep) => unknown) | undefined
  readonly salvages: boolean
  /** What a round asks. */
  round(index: number, messages: readonly Message[]): CompletionRequest
}

// Eight rounds are more than a question of everyday use takes, and few enough that a model in a circle is noticed.
const MAX_ROUNDS = 8

const callback = optional((value) => typeof value === 'function', 'must be a function')

const settingsSchema = /* @__PURE__ */ once(() =>
  v.strictObject({
    tools: v.array(v.looseObject({ name, execute: callback }), 'must be a list of tools'),
    toolChoice: toolChoiceSchema(),
    maxRounds: whole(1),
    onStep: callback,
    parseTextToolCalls: optional((value) => typeof value === 'boolean', 'must be true or false'),
  }),
)

/**
 * Checks what the loop itself reads of a request; the rest is the provider's to check.
 *
 * @throws {@link InvalidRequestError} lists what is wrong
 */
export function readLoopRequest(provider: ModelProvider, request: RunToolsRequest): LoopRequest {
  assertProvider(provider, 'complete', 'stream')
  if (!isObject(request)) throw invalidRequest([{ path: [], message: 'must be an object' }])
  const { tools: given, maxRounds, onStep, parseTextToolCalls, toolChoice, ...rest } = request as RunToolsRequest
  validateRequest(settingsSchema(), { tools: given, maxRounds, onStep, parseTextToolCalls, toolChoice })
  const tools = given.map((one) => {
    const parameters = one.parameters ?? {}
    if (isStandard(parameters)) return tool(one)
    // A broken one would fail every call.
    toJSONSchema(parameters)
    return one
  })
  const { prompt, system, messages, ...settings } = rest
  const issues = [...toolIssues(tools, toolChoice), ...promptIssues({ messages, prompt })]
  if (messages !== undefined && !Array.isArray(messages)) issues.push({ path: ['messages'], message: 'must be a list' })
  if (issues.length > 0) throw invalidRequest(issues)

  const definitions = tools.map(({ name, description, parameters }) => ({ name, description, parameters }))
  return {
    messages: [...toMessages({ messages, prompt, system })],
    tools,
    maxRounds: maxRounds ?? MAX_ROUNDS,
    onStep,
    salvages: parseTextToolCalls === true,
    round: (index, conversation) => ({
      ...settings,
      messages: conversation,
      tools: definitions,
      // A call that is forced in every round would never let the model answer.
      toolChoice: index === 0 || toolChoice === 'none' ? toolChoice : undefined,
    }),
  }
}
