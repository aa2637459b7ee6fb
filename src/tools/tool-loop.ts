import type { CompletionRequest } from '../completions/types.js'
import { InvalidResponseError, ToolExecutionError } from '../errors/errors.js'
import { ProviderError, attachHidden } from '../errors/provider-error.js'
import { checkedCompletion } from '../generation/assert-provider.js'
import type { CompletionEvent } from '../generation/types.js'
import { toolCallsOf } from '../generation/messages.js'
import { argumentsText } from '../generation/tools.js'
import { sumUsage } from '../generation/usage.js'
import type { AssistantMessage, CompletionResponse, Message, ToolCall, ToolStep } from '../types.js'
import { ignore } from '../utils/abort.js'
import { type ExecutedCall, executeToolCall } from './execute-tool.js'
import { findTool } from './find-tool.js'
import type { LoopRequest } from './loop-request.js'
import { type BlindnessCheck, toImageMessage } from './show-media.js'
import { withTextToolCalls } from './text-tool-calls.js'
import type { RunToolsResult, ToolsEvent } from './types.js'

/** Generates the response of one round. The last event is `completion-end`. */
export type GenerateRound = (request: CompletionRequest) => AsyncIterable<CompletionEvent>

/** What a loop works with. */
export interface LoopContext {
  readonly generate: GenerateRound
  readonly findBlindness: BlindnessCheck
  readonly signal: AbortSignal
}

// Without it, the results that the caller appends would follow the images, which chat templates do not expect.
const hasPendingCalls = async (): Promise<string> => 'the round has a call whose result comes later'

/**
 * Sends the conversation, executes the tools that the model calls, appends their results and repeats, until the model
 * responds without calling a tool.
 *
 * @throws {@link ToolExecutionError} the model still calls tools in the last round
 */
export async function* toolLoop(
  request: LoopRequest,
  { generate, findBlindness, signal }: LoopContext,
): AsyncGenerator<ToolsEvent, RunToolsResult, void> {
  const steps: ToolStep[] = []
  const messages: Message[] = [...request.messages]
  const callIds = createCallIds(messages)
  try {
    for (let index = 0; index < request.maxRounds; index++) {
      yield { type: 'step-start', index }
      const events = generate(request.roundRequest(index, [...messages]))
      const response = yield* forwardEvents(
        request.parseTextToolCalls ? withTextToolCalls(events, { tools: request.tools, nextId: callIds.next }) : events,
      )
      callIds.add(response.toolCalls)
      messages.push(toMessage(response))
      if (response.toolCalls.length > 0) assertUsable(response)
      const pendingToolCalls = response.toolCalls.filter((toolCall) => isPending(request.tools, toolCall))
      const executed = yield* executeToolCalls(request.tools, response, {
        signal,
        messages: [...messages],
        findBlindness: pendingToolCalls.length === 0 ? findBlindness : hasPendingCalls,
      })
      const results = executed.map(({ result }) => result)
      for (const { toolCall, content } of results) messages.push({ role: 'tool', toolCallId: toolCall.id, content })
      const imageMessage = toImageMessage(executed.map(({ result, images }) => ({ toolCall: result.toolCall, images })))
      if (imageMessage !== undefined) messages.push(imageMessage)
      const step = { index, response, results }
      steps.push(step)
      await request.onStep?.(step)
      yield { type: 'step-end', step }
      if (results.length === 0 || pendingToolCalls.length > 0) {
        const usage = sumUsage(steps.map(({ response: { usage: roundUsage } }) => roundUsage))
        return { response, steps, messages, pendingToolCalls, usage }
      }
    }
  } catch (error) {
    // What the tools did cannot be undone: the caller needs to know it in order to continue.
    if (ProviderError.isInstance(error) && steps.length > 0) {
      attachHidden(error, 'steps', steps)
      attachHidden(error, 'messages', messages)
    }
    throw error
  }
  const rounds = request.maxRounds === 1 ? '1 round' : `${request.maxRounds} rounds`
  throw new ToolExecutionError(`The model still calls tools after ${rounds} (\`maxRounds\`).`, {
    code: 'max-rounds',
    steps,
    messages,
  })
}

/** Throws for the calls of a response that the server gave up or withheld: they may be cut. */
function assertUsable(response: CompletionResponse): void {
  const { finishReason } = response
  if (finishReason !== 'error' && finishReason !== 'content-filter') return
  const error = new InvalidResponseError(`The response ended with “${finishReason}” among its tool calls.`, {
    hint: 'Send the request again, or rephrase it.',
  })
  attachHidden(error, 'partial', response)
  throw error
}

/** Creates the source of ids for calls without one, unique among all calls of the conversation. */
function createCallIds(messages: readonly Message[]) {
  const taken = new Set<string>()
  const add = (calls: readonly { readonly id: string }[]): void => calls.forEach(({ id }) => taken.add(id))
  for (const message of messages) add(toolCallsOf(message))
  let count = 0
  const next = (): string => {
    let id: string
    do id = `call_${++count}`
    while (taken.has(id))
    return id
  }
  return { add, next }
}

/** Forwards the events of a round; returns its response. */
async function* forwardEvents(
  events: AsyncIterable<CompletionEvent>,
): AsyncGenerator<ToolsEvent, CompletionResponse, void> {
  let response: CompletionResponse | undefined
  for await (const event of events) {
    if (event.type === 'completion-end') ({ response } = event)
    yield event
  }
  if (response !== undefined) return checkedCompletion(response, true)
  throw new ToolExecutionError("The provider's stream ended without a response.", {
    hint: 'Make the provider end its stream with a `completion-end` event.',
  })
}

/** What the execution of the calls of a round needs. */
interface RoundContext {
  readonly signal: AbortSignal
  readonly messages: readonly Message[]
  readonly findBlindness: BlindnessCheck
}

/** Executes the calls of a response in parallel; yields each result when it is available, returns all in call order. */
async function* executeToolCalls(
  tools: LoopRequest['tools'],
  { toolCalls, finishReason }: CompletionResponse,
  { findBlindness, ...context }: RoundContext,
): AsyncGenerator<ToolsEvent, ExecutedCall[], void> {
  const executed: ExecutedCall[] = []
  // A queue and not `Promise.race`, which would take quadratic time for a response with thousands of calls.
  const finished: number[] = []
  let onFinished = ignore
  let started = 0
  for (const [index, toolCall] of toolCalls.entries()) {
    if (isPending(tools, toolCall)) continue
    started++
    const isTruncated = finishReason === 'length' && index === toolCalls.length - 1 && mayBeTruncated(toolCall)
    const toolContext = { ...context, toolCallId: toolCall.id }
    void executeToolCall({ toolCall, tools, isTruncated, context: toolContext, findBlindness }).then((one) => {
      executed[index] = one
      finished.push(index)
      onFinished()
    })
  }
  for (let emitted = 0; emitted < started; emitted++) {
    if (finished.length === emitted) await new Promise<void>((resolve) => (onFinished = resolve))
    const index = finished[emitted]!
    yield { type: 'tool-result', index, result: executed[index]!.result }
  }
  // Pending calls have left gaps.
  return executed.filter((one) => one !== undefined)
}

/** Whether the caller has to supply the result of this call, because its tool has no `execute`. */
const isPending = (tools: LoopRequest['tools'], { name }: ToolCall): boolean => {
  const tool = findTool(tools, name)
  return tool !== undefined && tool.execute === undefined
}

// A response that was truncated before the first character of the arguments looks like a call without arguments.
const mayBeTruncated = ({ arguments: parsed, rawArguments }: ToolCall): boolean =>
  parsed === undefined || rawArguments === '{}'

function toMessage({ text, toolCalls }: CompletionResponse): AssistantMessage {
  if (toolCalls.length === 0) return { role: 'assistant', content: text }
  return {
    role: 'assistant',
    ...(text === '' ? {} : { content: text }),
    // The server gets `{}` for anything but an object. The tool message has the error.
    toolCalls: toolCalls.map((call) => ({ id: call.id, name: call.name, rawArguments: argumentsText(call) })),
  }
}
