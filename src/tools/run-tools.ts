import { withCaller } from '../errors/caller-stack.js'
import type { CallOptions } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import { assertProvider, checkedCompletion } from '../generation/assert-provider.js'
import type { ModelProvider } from '../provider.js'
import { type EventBatches, createResponseStream, deferError } from '../streaming/event-stream.js'
import { abortError, followSignal, ignore, raceAbort } from '../utils/abort.js'
import { type LoopRequest, toLoopRequest } from './loop-request.js'
import { hasImages } from '../generation/messages.js'
import { type CapableProvider, createBlindnessCheck } from './show-media.js'
import { type GenerateRound, toolLoop } from './tool-loop.js'
import type { RunToolsRequest, RunToolsResult, ToolsEvent, ToolsStream } from './types.js'

/**
 * Runs a tool loop: sends the request, validates and executes the tools that the model calls, sends their results back
 * and repeats, until the model responds without calling a tool.
 *
 * @remarks
 * Sends one `POST /v1/chat/completions` per round, through any {@link ModelProvider}. `options` apply to each request;
 * `signal` also reaches the tools. The calls of one response are executed in parallel and their results are sent in the
 * order of the calls. A call that fails (unknown tool, invalid arguments, a tool that throws) does not reject: the model
 * receives the error and may correct its call, and `steps` has the details. The loop ends early at a call of a tool
 * without `execute`; see {@link RunToolsResult.pendingToolCalls}.
 * @throws {@link InvalidRequestError} the request is invalid; nothing was sent
 * @throws {@link ToolExecutionError} the model still calls tools in the last round; the error has `steps` and `messages`
 * @throws the errors of {@link ModelProvider.complete}; after the first round they have `steps` and `messages` too
 *
 * @example
 * ```ts
 * const { response } = await runTools(lmstudio, { model, prompt: 'Do I need a coat in Oslo?', tools: [weather] })
 * ```
 */
export function runTools(
  provider: Pick<ModelProvider, 'complete'> & CapableProvider,
  request: RunToolsRequest,
  options: CallOptions = {},
): Promise<RunToolsResult> {
  return withCaller(runTools, () => runRounds(provider, request, options))
}

async function runRounds(
  provider: Pick<ModelProvider, 'complete'> & CapableProvider,
  request: RunToolsRequest,
  options: CallOptions,
): Promise<RunToolsResult> {
  checkCallOptions(options)
  assertProvider(provider, 'complete')
  const loopRequest = toLoopRequest(request)
  const generateWith = (signal: AbortSignal): GenerateRound =>
    async function* (roundRequest) {
      const response = checkedCompletion(await provider.complete(roundRequest, { ...options, signal }), true)
      yield { type: 'completion-end', response }
    }
  const events = runLoop({ request: loopRequest, provider, options }, generateWith, options.signal)
  for (;;) {
    const { done, value } = await events.next()
    if (done === true) return value
  }
}

/**
 * Streams a tool loop: like {@link runTools}, with the events of every round's completion and of the tools.
 *
 * @remarks
 * Sends one `POST /v1/chat/completions` with `stream: true` per round. All errors, including those of an invalid request,
 * are thrown while the stream is read. Leaving the stream closes the connection and aborts the signal of the tools.
 * @throws while reading: the errors of {@link runTools}, and {@link StreamInterruptedError}
 */
export function streamTools(
  provider: Pick<ModelProvider, 'stream'> & CapableProvider,
  request: RunToolsRequest,
  options: CallOptions = {},
): ToolsStream {
  // Checked and copied now: the caller may change the request before the stream is read.
  const loopRequest = deferError(() => {
    checkCallOptions(options)
    assertProvider(provider, 'stream')
    return toLoopRequest(request)
  })
  const generateWith =
    (signal: AbortSignal): GenerateRound =>
    (roundRequest) =>
      provider.stream(roundRequest, { ...options, signal })
  return createResponseStream<ToolsEvent, RunToolsResult>(
    (signal) => runLoop({ request: loopRequest(), provider, options }, generateWith, signal),
    options?.signal,
  )
}

/** The arguments of a public call. */
interface LoopCall {
  readonly request: LoopRequest
  readonly provider: CapableProvider
  readonly options: CallOptions
}

/**
 * Runs the loop under a signal of its own, which the rounds and the tools receive.
 *
 * @remarks
 * An abort takes effect at once, even while a tool or the provider ignores it. When the events are left, running tools are
 * aborted and the current round is closed.
 */
async function* runLoop(
  { request, provider, options }: LoopCall,
  generateWith: (signal: AbortSignal) => GenerateRound,
  callerSignal: AbortSignal | undefined,
): EventBatches<ToolsEvent, RunToolsResult> {
  const controller = new AbortController()
  const { signal } = controller
  const unfollow = followSignal(controller, callerSignal)
  const { model, messages } = request
  const findBlindness = createBlindnessCheck(
    provider,
    { model, hasImages: hasImages(messages) },
    { ...options, signal },
  )
  const events = toolLoop(request, { generate: generateWith(signal), findBlindness, signal })
  let isComplete = false
  try {
    for (;;) {
      const { done, value } = await raceAbort(events.next(), signal)
      isComplete = done === true
      if (done === true) return value
      yield [value]
    }
  } finally {
    unfollow()
    if (!isComplete) {
      controller.abort(abortError('The tool loop ended early.'))
      events.return(undefined as never).catch(ignore)
    }
  }
}
