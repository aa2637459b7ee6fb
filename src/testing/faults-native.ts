import { type Behaviour, type Steps, nativeChats, nativeStreams } from './fault-behaviour.js'
import type { MockFaultName } from './fault-types.js'
import { afterEvents, isFinal } from './faults-stream.js'
import { asArray, asObject, asString, isObject } from './json-values.js'
import { type Step, typedFrame } from './steps.js'
import { crashed, nativeError } from './wire-errors.js'
import { eventStream, json } from './wire-reply.js'

async function* doubled(steps: Steps, event: string): AsyncGenerator<Step> {
  for await (const step of steps) {
    yield step
    if (step.kind === 'frame' && step.event === event) yield step
  }
}

async function* flattened(steps: Steps): AsyncGenerator<Step> {
  for await (const step of steps) {
    const isEnd = step.kind === 'frame' && step.event === 'chat.end' && isObject(step.data)
    yield isEnd && isObject(step.data) ? typedFrame('chat.end', asObject(step.data.result)) : step
  }
}

/** The rest of a stream after an error: its `chat.end`, with the text that had gone out before. */
async function* errorThenEnd(steps: Steps, count: unknown, error: object): AsyncGenerator<Step> {
  let text = ''
  let end: Step | undefined
  let isPast = false
  for await (const step of mark(steps, count)) {
    if (step === 'now') {
      yield typedFrame('error', { error })
      isPast = true
    } else if (isFinal(step)) {
      end = step
    } else if (!isPast) {
      if (step.kind === 'frame' && step.event === 'message.delta') text += asString(asObject(step.data).content)
      yield step
    }
  }
  const result = end?.kind === 'frame' ? asObject(asObject(end.data).result) : {}
  yield typedFrame('chat.end', {
    result: { ...result, output: text === '' ? [] : [{ type: 'message', content: text }] },
  })
}

const marker: Step = { kind: 'bytes', bytes: new Uint8Array(0) }

async function* mark(steps: Steps, count: unknown): AsyncGenerator<Step | 'now'> {
  for await (const step of afterEvents(steps, count, () => [marker], false, true)) yield step === marker ? 'now' : step
}

async function* withUnknownEvent(steps: Steps): AsyncGenerator<Step> {
  let isFirst = true
  for await (const step of steps) {
    yield step
    if (isFirst) yield typedFrame('speculation.hint', { depth: 3 })
    isFirst = false
  }
}

const withIntegrations = (candidate: { path: string; body: Readonly<Record<string, unknown>> }): boolean =>
  nativeChats({ method: 'POST', ...candidate }) && asArray(candidate.body.integrations).length > 0

const isDownload = ({ path }: { path: string }): boolean => path === '/api/v1/models/download'

const plugin = (body: unknown): string => {
  const first = asArray(asObject(body).integrations)[0]
  return typeof first === 'string' ? first : asString(asObject(first).id) || asString(asObject(first).server_label)
}

type NativeFaults =
  | 'prompt-processing-end-twice'
  | 'unknown-event'
  | 'error-then-chat-end'
  | 'flat-chat-end'
  | 'tool-call-failure'
  | 'mcp-connection-error'
  | 'permission-denied'
  | 'download-failed'
  | 'download-paused'

/** Faults of the native routes. `tool-call-failure` and the download fates are read by their routes. */
export const nativeFaults: Readonly<Record<Extract<MockFaultName, NativeFaults>, Behaviour>> = {
  'prompt-processing-end-twice': {
    applies: nativeStreams,
    steps: (steps) => doubled(steps, 'prompt_processing.end'),
  },
  'unknown-event': { applies: nativeStreams, steps: withUnknownEvent },
  'error-then-chat-end': {
    applies: nativeStreams,
    steps: (steps, { afterEvents: count, type, message }) =>
      errorThenEnd(steps, count, { type: asString(type) || 'internal_error', message: asString(message) || crashed }),
  },
  'flat-chat-end': { applies: nativeStreams, steps: flattened },
  'tool-call-failure': { applies: withIntegrations },
  'mcp-connection-error': {
    applies: withIntegrations,
    answer: (exchange) => {
      const message = `Could not connect to MCP server "${plugin(exchange.body)}".`
      if (asObject(exchange.body).stream !== true) {
        return json(nativeError(message, null, 'integrations', 'mcp_connection_error'), 400)
      }
      const error = { type: 'mcp_connection_error', message, param: 'integrations' }
      return eventStream([typedFrame('chat.start'), typedFrame('error', { error })])
    },
  },
  'permission-denied': {
    applies: nativeChats,
    answer: (exchange) => {
      const message = `Permission denied to use plugin '${plugin(exchange.body) || 'mcp/birds'}'.`
      return json(nativeError(message, 'permission_denied', 'integrations'), 403)
    },
  },
  'download-failed': { applies: isDownload },
  'download-paused': { applies: isDownload },
}
