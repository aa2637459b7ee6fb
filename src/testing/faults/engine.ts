import type { Exchange } from '../exchange.js'
import { type JSONObject, asArray, asCount, asObject, asString, isObject } from '../json-values.js'
import { engineOverflow, routeError } from '../replies/errors.js'
import { type WireResponse, eventStream, jsonResponse } from '../replies/wire-response.js'
import { type FaultGroup, type FaultParameters, chatCompletions, generations } from './behavior.js'
import { errorFrames } from './error-frames.js'
import type { MockFaultName, MockTemplateWording } from './types.js'

/** Responds with an error of the engine: a 400, or an error frame of a stream unless `status` is given. */
function engineFailure(exchange: Exchange, message: string, { status }: FaultParameters): WireResponse {
  const isStream = asObject(exchange.body).stream === true
  if (!isStream || typeof status === 'number') {
    // A log of `/v1/responses` shows this type and code for a failure of the engine (lmstudio-ai/lmstudio-bug-tracker#2257).
    const body =
      exchange.path === '/v1/responses'
        ? { error: { message, type: 'internal_error', param: null, code: 'unknown' } }
        : routeError(exchange.path, message)
    return jsonResponse(body, asCount(status) ?? 400)
  }
  const form = exchange.path === '/api/v1/chat' ? 'event-error' : 'object-and-message'
  return eventStream(errorFrames(form, message, exchange))
}

/** The engine's refusal, wrapped as LM Studio does since 0.4.20. */
function engineError(exchange: Exchange, parameters: FaultParameters): WireResponse {
  const { error = engineOverflow } = parameters
  const request = asString(parameters.request) || 'predict'
  const status = asCount(parameters.engineStatus) ?? 400
  const body = typeof error === 'string' ? error : JSON.stringify({ error })
  return engineFailure(exchange, `Engine protocol ${request} request returned ${status}: ${body}`, parameters)
}

const mustAlternate = 'Conversation roles must alternate user/assistant/user/assistant/...'

const templateWordings: Readonly<Record<MockTemplateWording, string>> = {
  alternate: mustAlternate,
  jinja: `Error rendering prompt with jinja template: "${mustAlternate}".\n\nThis is usually an issue with the model's prompt template.`,
  exception:
    'Jinja Exception: After the optional system message, conversation roles must alternate user and assistant roles except for tool calls and results.',
}

function isJSON(text: unknown): boolean {
  try {
    JSON.parse(String(text))
    return true
  } catch {
    return false
  }
}

/** Returns whether a message has a tool call whose arguments are not JSON. */
const hasInvalidArguments = (body: JSONObject): boolean =>
  asArray(body.messages)
    .flatMap((message) => asArray(asObject(message).tool_calls))
    .some((call) => !isJSON(asObject(asObject(call).function).arguments))

/** Replaces the model in every document, also where it is nested. */
function withModel(document: JSONObject, model: string): JSONObject {
  const entries = Object.entries(document).map(([key, value]) => {
    if (['model', 'model_instance_id', 'system_fingerprint'].includes(key)) return [key, model]
    if (['message', 'response', 'result'].includes(key) && isObject(value)) return [key, withModel(value, model)]
    return [key, value]
  })
  return Object.fromEntries(entries) as JSONObject
}

/** Faults in which the engine, or a server other than LM Studio, refuses a generation or responds with another model. */
export const engineFaults = {
  'engine-error': { applies: generations, respond: engineError },
  'template-error': {
    applies: generations,
    respond: (exchange, parameters) => {
      const wording = (asString(parameters.wording) || 'alternate') as MockTemplateWording
      return engineFailure(exchange, templateWordings[wording], parameters)
    },
  },
  'loading-model': {
    applies: generations,
    respond: () => jsonResponse({ error: { code: 503, message: 'Loading model', type: 'unavailable_error' } }, 503),
  },
  'stream-options-refused': {
    applies: (call) => generations(call) && call.body.stream_options !== undefined,
    respond: ({ body }) => {
      const input = asObject(body).stream_options
      const issue = { type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' }
      return jsonResponse({ detail: [{ ...issue, input }] }, 422)
    },
  },
  'invalid-arguments-refused': {
    applies: (call) => chatCompletions(call) && hasInvalidArguments(call.body),
    respond: () => {
      const message = 'Failed to parse tool call arguments as JSON: [json.exception.parse_error.101] parse error'
      return jsonResponse({ error: { code: 500, message, type: 'server_error' } }, 500)
    },
  },
  'other-model': {
    applies: generations,
    json: (document, { model }) => withModel(document, asString(model) || 'acme/osprey-8b'),
  },
} satisfies FaultGroup<MockFaultName>
