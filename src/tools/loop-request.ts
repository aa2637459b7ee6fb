import * as v from 'valibot'
import type { CompletionRequest } from '../completions/types.js'
import { messageIssues, promptIssues, toMessages } from '../generation/messages.js'
import { toolChoiceSchema, toolIssues, toolSchema } from '../generation/tools.js'
import type { ToolChoice } from '../generation/types.js'
import { isEmptySchema } from '../json-schema/schema-issues.js'
import { isStandardSchema } from '../json-schema/standard-schema.js'
import { toJSONSchema } from '../json-schema/to-json-schema.js'
import type { Message, ToolStep } from '../types.js'
import { isObject } from '../utils/json.js'
import { once } from '../utils/once.js'
import { type EntriesOf, flag, optional, whole } from '../validation/schema.js'
import { invalidRequest, validateRequest } from '../validation/validate.js'
import { tool } from './tool.js'
import type { RunToolsRequest, Tool, ToolLoopSettings } from './types.js'

/** A checked request of the tool loop. Later changes to the caller's request have no effect on it. */
export interface LoopRequest {
  /** `undefined` for the default model of the provider. */
  readonly model: string | undefined
  readonly messages: readonly Message[]
  readonly tools: readonly Tool[]
  readonly maxRounds: number
  readonly onStep: ((step: ToolStep) => unknown) | undefined
  readonly parseTextToolCalls: boolean
  /** Creates the completion request of a round. */
  roundRequest(round: number, messages: readonly Message[]): CompletionRequest
}

// More rounds than everyday requests need, and few enough to notice a model that repeats its calls.
const MAX_ROUNDS = 8

type LoopSettings = ToolLoopSettings & { readonly toolChoice?: ToolChoice | undefined }

const settingsSchema = /* @__PURE__ */ once(() => {
  const callback = optional((value) => typeof value === 'function', 'must be a function')
  return v.strictObject({
    tools: v.array(toolSchema(), 'must be an array of tools'),
    toolChoice: toolChoiceSchema(),
    maxRounds: whole(1),
    onStep: callback,
    parseTextToolCalls: flag(),
  } satisfies EntriesOf<LoopSettings>)
})

/**
 * Checks the settings of the loop; the provider checks the rest of the request.
 *
 * @throws {@link InvalidRequestError} lists what is wrong
 */
export function toLoopRequest(request: RunToolsRequest): LoopRequest {
  if (!isObject(request)) throw invalidRequest([{ path: [], message: 'must be an object' }])
  const { tools: given, maxRounds, onStep, parseTextToolCalls, toolChoice, ...rest } = request as RunToolsRequest
  validateRequest(settingsSchema(), { tools: given, maxRounds, onStep, parseTextToolCalls, toolChoice })
  const tools = given.map(completeTool)
  const { prompt, system, messages, ...settings } = rest
  const issues = [...toolIssues(tools, toolChoice), ...promptIssues({ messages, prompt })]
  if (messages !== undefined && !Array.isArray(messages)) {
    issues.push({ path: ['messages'], message: 'must be an array' })
  }
  // A provider of the application may not check this, and the tools would have run before it fails.
  if (issues.length === 0 && messages?.every(isObject) === true) issues.push(...messageIssues(messages, 'messages'))
  if (issues.length > 0) throw invalidRequest(issues)

  const definitions = tools.map(({ name, description, parameters }) => ({ name, description, parameters }))
  return {
    model: rest.model,
    messages: [...toMessages({ messages, prompt, system })],
    tools,
    maxRounds: maxRounds ?? MAX_ROUNDS,
    onStep,
    parseTextToolCalls: parseTextToolCalls === true,
    roundRequest: (round, conversation) => ({
      ...settings,
      messages: conversation,
      tools: definitions,
      // A choice that forces a call applies to the first round only: otherwise the loop could never end.
      toolChoice: round === 0 || toolChoice === 'none' ? toolChoice : undefined,
    }),
  }
}

/** Converts a tool that was not made by `tool()`, and rejects a broken JSON Schema, which would fail every call. */
function completeTool(definition: Tool, index: number): Tool {
  const { parameters } = definition
  if (parameters === undefined || isEmptySchema(parameters)) return definition
  if (isStandardSchema(parameters)) return tool(definition)
  return { ...definition, parameters: toJSONSchema(parameters, ['tools', index, 'parameters']) }
}
