import { ToolExecutionError } from '../errors/errors.js'
import { ProviderError, attachHidden } from '../errors/provider-error.js'
import { sumUsage } from '../generation/usage.js'
import type { AssistantMessage, CompletionResponse, Message, ToolCall, ToolResult, ToolStep } from '../types.js'
import { isObject } from '../utils/json.js'
import { answerCall } from './execute-tool.js'
import { findTool } from './find-tool.js'
import { type Generate, salvage } from './generate.js'
import type { LoopRequest } from './loop-request.js'
import type { RunToolsResult, ToolsEvent } from './types.js'

/**
 * Asks the model, runs what it wishes for, tells it the results and asks again, until it wishes for nothing more.
 *
 * @throws {@link ToolExecutionError} it still wished for something in the last round allowed
 */
export async function* toolLoop(
  request: LoopRequest,
  generate: Generate,
  signal: AbortSignal,
): AsyncGenerator<ToolsEvent, RunToolsResult> {
  const steps: ToolStep[] = []
  const messages: Message[] = [...request.messages]
  try {
    for (let index = 0; index < request.maxRounds; index++) {
      yield { type: 'step-start', index }
      const response = yield* answer(request, generate, index, [...messages])
      messages.push(toMessage(response))
      const pendingToolCalls = response.toolCalls.filter((call) => isPending(request, call))
      const results = yield* runCalls(request, response, [...messages], signal)
      for (const { toolCall, content } of results) messages.push({ role: 'tool', toolCallId: toolCall.id, content })
      const step = { index, response, results }
      steps.push(step)
      await request.onStep?.(step)
      yield { type: 'step-end', step }
      if (results.length === 0 || pendingToolCalls.length > 0) {
        return {
          response,
          steps,
          messages,
          pendingToolCalls,
          usage: sumUsage(steps.map((step) => step.response.usage)),
        }
      }
    }
  } catch (error) {
    // What the tools did cannot be taken back: whoever goes on from here needs to know it.
    if (ProviderError.isInstance(error) && steps.length > 0) {
      attachHidden(error, 'steps', steps)
      attachHidden(error, 'messages', messages)
    }
    throw error
  }
  throw new ToolExecutionError(`The model still called tools in round ${request.maxRounds}, the last one allowed.`, {
    code: 'max-rounds',
    hint: 'Look at `steps` for what it asks again and again; raise `maxRounds`, or go on with `messages` of this error.',
    steps,
    messages,
  })
}

/** One answer; its events on the way. */
async function* answer(
  request: LoopRequest,
  generate: Generate,
  index: number,
  messages: readonly Message[],
): AsyncGenerator<ToolsEvent, CompletionResponse> {
  const events = generate(request.round(index, messages))
  let response: CompletionResponse | undefined
  for await (const event of request.salvages ? salvage(events, request.tools) : events) {
    if (event.type === 'completion-end') ({ response } = event)
    yield event
  }
  if (response !== undefined) return response
  throw new ToolExecutionError('The stream of the provider ended without an answer.', {
    hint: 'The last event of a stream must be `completion-end`, with the answer.',
  })
}

/** Runs the calls at once; tells each result when it is there, and gives all in the order of the calls. */
async function* runCalls(
  request: LoopRequest,
  response: CompletionResponse,
  messages: readonly Message[],
  signal: AbortSignal,
): AsyncGenerator<ToolsEvent, ToolResult[]> {
  const { toolCalls, finishReason } = response
  const results: ToolResult[] = []
  const running = new Map<number, Promise<number>>()
  for (const [index, call] of toolCalls.entries()) {
    if (isPending(request, call)) continue
    const isCut = finishReason === 'length' && index === toolCalls.length - 1 && mayBeCut(call)
    const context = { signal, toolCallId: call.id, messages }
    const run = answerCall(request.tools, call, isCut, context)
    running.set(
      index,
      run.then((result) => {
        results[index] = result
        return index
      }),
    )
  }
  while (running.size > 0) {
    const index = await Promise.race(running.values())
    running.delete(index)
    yield { type: 'tool-result', index, result: results[index]! }
  }
  return results.filter((result) => result !== undefined)
}

const isPending = ({ tools }: LoopRequest, { name }: ToolCall): boolean => {
  const tool = findTool(tools, name)
  return tool !== undefined && tool.execute === undefined
}

// An answer that was cut before the first character of the arguments looks like one without arguments.
const mayBeCut = ({ arguments: parsed, rawArguments }: ToolCall): boolean =>
  parsed === undefined || rawArguments === '{}'

function toMessage({ text, toolCalls }: CompletionResponse): AssistantMessage {
  if (toolCalls.length === 0) return { role: 'assistant', content: text }
  return {
    role: 'assistant',
    ...(text === '' ? {} : { content: text }),
    // Chat templates go through the arguments: what is no object would make the next request fail. The tool message says it.
    toolCalls: toolCalls.map(({ id, name, arguments: parsed, rawArguments }) => ({
      id,
      name,
      rawArguments: isObject(parsed) ? rawArguments : '{}',
    })),
  }
}
