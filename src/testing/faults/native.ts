import { type JSONObject, asArray, asObject, asString, isObject } from '../json-values.js'
import { modelCrashed, nativeError } from '../replies/errors.js'
import { type BodyStep, type BodySteps, typedFrame } from '../replies/steps.js'
import { eventStream, jsonResponse } from '../replies/wire-response.js'
import { afterEvents, isEndMarker } from './after-events.js'
import { type CallInfo, type FaultGroup, nativeChats, nativeStreams } from './behavior.js'
import type { MockFaultName } from './types.js'

async function* repeatEvent(steps: BodySteps, event: string): AsyncGenerator<BodyStep> {
  for await (const step of steps) {
    yield step
    if (step.kind === 'frame' && step.event === event) yield step
  }
}

/** Moves the fields of `result` into the `chat.end` event itself. */
async function* flattenChatEnd(steps: BodySteps): AsyncGenerator<BodyStep> {
  for await (const step of steps) {
    const isEnd = step.kind === 'frame' && step.event === 'chat.end' && isObject(step.data)
    yield isEnd ? typedFrame('chat.end', asObject(asObject(step.data).result)) : step
  }
}

/** Marks the place of the error among the steps; it is never sent. */
const errorMarker: BodyStep = { kind: 'bytes', bytes: /* @__PURE__ */ new Uint8Array(0) }

/** Sends an error after some events, then `chat.end` with the text that was sent before it. */
async function* errorThenEnd(steps: BodySteps, count: unknown, error: object): AsyncGenerator<BodyStep> {
  let text = ''
  let result: JSONObject = {}
  let hasFailed = false
  for await (const step of afterEvents(steps, { count, resumes: true }, () => [errorMarker])) {
    if (step === errorMarker) {
      yield typedFrame('error', { error })
      hasFailed = true
    } else if (isEndMarker(step)) {
      result = step.kind === 'frame' ? asObject(asObject(step.data).result) : {}
    } else if (!hasFailed) {
      if (step.kind === 'frame' && step.event === 'message.delta') text += asString(asObject(step.data).content)
      yield step
    }
  }
  yield typedFrame('chat.end', {
    result: { ...result, output: text === '' ? [] : [{ type: 'message', content: text }] },
  })
}

async function* withUnknownEvent(steps: BodySteps): AsyncGenerator<BodyStep> {
  let isFirst = true
  for await (const step of steps) {
    yield step
    if (isFirst) yield typedFrame('speculation.hint', { depth: 3 })
    isFirst = false
  }
}

const withIntegrations = (call: CallInfo): boolean => nativeChats(call) && asArray(call.body.integrations).length > 0

const isDownload = ({ path }: CallInfo): boolean => path === '/api/v1/models/download'

function firstIntegration(body: unknown): string {
  const first = asArray(asObject(body).integrations)[0]
  return typeof first === 'string' ? first : asString(asObject(first).id) || asString(asObject(first).server_label)
}

/** Faults of the native routes. `tool-call-failure` and the download faults take effect in their routes. */
export const nativeFaults = {
  'prompt-processing-end-twice': {
    applies: nativeStreams,
    steps: (steps) => repeatEvent(steps, 'prompt_processing.end'),
  },
  'unknown-event': { applies: nativeStreams, steps: (steps) => withUnknownEvent(steps) },
  'error-then-chat-end': {
    applies: nativeStreams,
    steps: (steps, { afterEvents: count, type, message }) => {
      const error = { type: asString(type) || 'internal_error', message: asString(message) || modelCrashed }
      return errorThenEnd(steps, count, error)
    },
  },
  'flat-chat-end': { applies: nativeStreams, steps: (steps) => flattenChatEnd(steps) },
  'tool-call-failure': { applies: withIntegrations },
  'mcp-connection-error': {
    applies: withIntegrations,
    respond: ({ body }) => {
      const message = `Could not connect to MCP server "${firstIntegration(body)}".`
      if (asObject(body).stream !== true) {
        return jsonResponse(nativeError(message, null, 'integrations', 'mcp_connection_error'), 400)
      }
      const error = { type: 'mcp_connection_error', message, param: 'integrations' }
      return eventStream([typedFrame('chat.start'), typedFrame('error', { error })])
    },
  },
  'permission-denied': {
    applies: nativeChats,
    respond: ({ body }) => {
      const message = `Permission denied to use plugin '${firstIntegration(body) || 'mcp/birds'}'.`
      return jsonResponse(nativeError(message, 'permission_denied', 'integrations'), 403)
    },
  },
  'unload-null': { applies: ({ path }) => path === '/api/v1/models/unload', respond: () => jsonResponse(null) },
  'load-status-failed': {
    applies: ({ path }) => path === '/api/v1/models/load',
    respond: () => jsonResponse({ status: 'failed' }),
  },
  'download-failed': { applies: isDownload },
  'download-paused': { applies: isDownload },
} satisfies FaultGroup<MockFaultName>
