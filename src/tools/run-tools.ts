import type { CallOptions } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import { createResponseStream } from '../generation/response-stream.js'
import type { ModelProvider } from '../provider.js'
import { abortError, followSignal, ignore, raceAbort, throwIfAborted } from '../utils/abort.js'
import { generateStreamed, generateWhole } from './generate.js'
import { readLoopRequest } from './loop-request.js'
import { toolLoop } from './tool-loop.js'
import type { RunToolsRequest, RunToolsResult, ToolsEvent, ToolsStream } from './types.js'

/**
 * Lets the model use tools until it has an answer: runs the calls of each round at once, after validation, and tells the
 * model the results in the order of the calls.
 *
 * @remarks
 * `POST /v1/chat/completions` once per round, with any {@link ModelProvider}; `options` hold for each of these requests,
 * `signal` also for the tools. What goes wrong with a call (no such tool, arguments that are no JSON or do not fit, a tool
 * that throws) is told to the model, and in `steps`; it does not reject. The loop ends early at a call of a tool without
 * `execute`: see {@link RunToolsResult.pendingToolCalls}.
 * @throws {@link InvalidRequestError} before anything is sent
 * @throws {@link ToolExecutionError} the model still called tools in the last round; has `steps` and `messages`
 * @throws what {@link ModelProvider.complete} throws; after the first round the error has `steps` and `messages` too
 *
 * @example
 * ```ts
 * const { response } = await runTools(lmstudio, { model, prompt: 'Do I need a coat in Oslo?', tools: [weather] })
 * ```
 */
export async function runTools(
  provider: ModelProvider,
  request: RunToolsRequest,
  options: CallOptions = {},
): Promise<RunToolsResult> {
  checkCallOptions(options)
  const loopRequest = readLoopRequest(provider, request)
  throwIfAborted(options.signal)
  const controller = new AbortController()
  const { signal } = controller
  const unlink = followSignal(controller, options.signal)
  const events = toolLoop(loopRequest, generateWhole(provider, { ...options, signal }), signal)
  try {
    for (;;) {
      const { done, value } = await raceAbort(events.next(), signal)
      if (done === true) return value
    }
  } finally {
    unlink()
  }
}

/**
 * {@link runTools} as it goes: the events of every round's answer, and of the tools.
 *
 * @remarks
 * `POST /v1/chat/completions` with `stream: true` once per round. Every error, that of a bad request included, is thrown
 * by reading the stream. Leaving the loop closes the connection and aborts the tools' signal.
 * @throws by reading: what {@link runTools} throws, and {@link StreamInterruptedError}
 */
export function streamTools(provider: ModelProvider, request: RunToolsRequest, options: CallOptions = {}): ToolsStream {
  // Read now, since the request's owner may change it before the stream is read.
  let callerSignal: AbortSignal | undefined
  const prepared = prepare(() => {
    checkCallOptions(options)
    callerSignal = options.signal
    return readLoopRequest(provider, request)
  })
  return createResponseStream<ToolsEvent, RunToolsResult>(async function* (outer) {
    const loopRequest = prepared()
    const controller = new AbortController()
    const { signal } = controller
    const unlink = followSignal(controller, outer)
    const events = toolLoop(loopRequest, generateStreamed(provider, { ...options, signal }), signal)
    let isOver = false
    try {
      for (;;) {
        const { done, value } = await raceAbort(events.next(), signal)
        isOver = done === true
        if (done === true) return value
        yield [value]
      }
    } finally {
      unlink()
      if (!isOver) {
        controller.abort(abortError('The stream was left before its end.'))
        events.return(undefined as never).catch(ignore)
      }
    }
  }, callerSignal)
}

function prepare<T>(make: () => T): () => T {
  try {
    const value = make()
    return () => value
  } catch (error) {
    return () => {
      throw error
    }
  }
}
