import { defaultReply } from '../default-reply.js'
import type { Exchange } from '../exchange.js'
import { type JSONObject, asCount, asObject, asString } from '../json-values.js'
import {
  contextExceeded,
  engineOverflow,
  modelCrashed,
  modelUnloaded,
  noModelsLoaded,
  openAIError,
  outOfMemory,
  promptTooLong,
  routeError,
  stringError,
} from '../replies/errors.js'
import { type BodyStep, dataFrame } from '../replies/steps.js'
import { type WireResponse, eventStream, jsonResponse } from '../replies/wire-response.js'
import { findInstance, useOfRoute } from '../resolve-model.js'
import { removeInstance } from '../state.js'
import { afterEvents } from './after-events.js'
import { type FaultGroup, type FaultParameters, chatCompletions, generations } from './behavior.js'
import { errorFrames } from './error-frames.js'
import type { MockFaultName, MockOverflowWording, MockUnloadedWording } from './types.js'

const modelIn = (exchange: Exchange): string => asString(asObject(exchange.body).model)
const isStream = (exchange: Exchange): boolean => asObject(exchange.body).stream === true

const overflowWordings: Readonly<Record<MockOverflowWording, string>> = {
  exceeded: contextExceeded,
  'keep-first':
    'Trying to keep the first 9001 tokens when context the overflows. However, the model is loaded with context length of only 8192 tokens, which is not enough. Try to load the model with a larger context length, or provide a shorter input',
  'n-keep': /* @__PURE__ */ promptTooLong(9001, 8192),
  'exceeds-available': engineOverflow.message,
  'engine-object': engineOverflow.message,
}

function overflowResponse(exchange: Exchange, { wording, status }: FaultParameters): WireResponse {
  const known = (asString(wording) || 'exceeded') as MockOverflowWording
  const message = overflowWordings[known]
  const isEngineObject = known === 'engine-object'
  const engineObject = { error: engineOverflow }
  if (!isStream(exchange) || typeof status === 'number') {
    return jsonResponse(isEngineObject ? engineObject : routeError(exchange.path, message), asCount(status) ?? 400)
  }
  return eventStream(isEngineObject ? [dataFrame(engineObject)] : errorFrames('object-and-message', message, exchange))
}

const unloadedWordings: Readonly<Record<MockUnloadedWording, string>> = {
  'is-unloaded': modelUnloaded,
  unloaded: 'Model unloaded.',
  'unloaded-or-crashed': 'Model has unloaded or crashed..',
}

const unloadedText = ({ wording }: FaultParameters): string =>
  unloadedWordings[(asString(wording) || 'is-unloaded') as MockUnloadedWording]

/** Sets every count to zero, at any depth. */
function zeroCounts(value: unknown): unknown {
  if (typeof value === 'number') return 0
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, zeroCounts(inner)]))
}

function withoutUsage(document: JSONObject): JSONObject {
  const { usage: _usage, ...rest } = document
  return rest
}

function withUnknownKeys(document: JSONObject): JSONObject {
  const unknown = { x_future_field: { level: 9 } }
  const choices = Array.isArray(document.choices)
    ? { choices: document.choices.map((choice) => ({ ...asObject(choice), ...unknown })) }
    : {}
  return { ...document, ...choices, ...unknown }
}

/** Removes the instance that serves the request, as a crash of its engine does. */
function killEngine(exchange: Exchange): void {
  const instance = findInstance(exchange, modelIn(exchange), useOfRoute(exchange.path))
  if (instance !== undefined) removeInstance(exchange.state, instance.id)
}

/** Faults of models and their engines. */
export const modelFaults = {
  'zero-deltas': {
    applies: generations,
    reply: () => ({ text: '', toolCalls: [], finishReason: 'stop', usage: { completionTokens: 0 } }),
  },
  'model-unloaded': {
    applies: generations,
    respond: (exchange, parameters) =>
      parameters.afterEvents !== undefined && isStream(exchange)
        ? undefined
        : jsonResponse(routeError(exchange.path, unloadedText(parameters), 'model'), 400),
    steps: (steps, parameters, { exchange, isDocument }) =>
      isDocument
        ? steps
        : afterEvents(steps, { count: parameters.afterEvents }, () =>
            errorFrames('string', unloadedText(parameters), exchange),
          ),
  },
  'no-models-loaded': {
    applies: generations,
    respond: (_exchange, { shape, status }) =>
      jsonResponse(
        shape === 'string' ? stringError(noModelsLoaded) : openAIError(noModelsLoaded, 'model'),
        asCount(status) ?? 400,
      ),
  },
  'load-failed': {
    applies: (call) => generations(call) || call.path === '/api/v1/models/load',
    respond: (exchange, { status }) => {
      const message = outOfMemory(modelIn(exchange))
      const isNative = exchange.path.startsWith('/api/v1/')
      const body = isNative
        ? routeError(exchange.path, message, 'model')
        : openAIError(message, 'model', 'model_load_failed')
      return jsonResponse(body, asCount(status) ?? 400)
    },
  },
  'context-overflow': { applies: generations, respond: overflowResponse },
  crash: {
    applies: generations,
    respond: (exchange, { message }) => {
      // During a stream, the engine crashes after some events instead.
      if (isStream(exchange)) return undefined
      killEngine(exchange)
      return jsonResponse(routeError(exchange.path, asString(message) || modelCrashed), 500)
    },
    steps: (steps, { afterEvents: count, message }, { exchange, isDocument }) => {
      if (isDocument) return steps
      const crash = (): BodyStep[] => {
        killEngine(exchange)
        return errorFrames('event-error', asString(message) || modelCrashed, exchange)
      }
      return afterEvents(steps, { count }, crash)
    },
  },
  'usage-zero': {
    applies: generations,
    json: (document) => ('usage' in document ? { ...document, usage: zeroCounts(document.usage) } : document),
  },
  'usage-missing': { applies: generations, json: withoutUsage },
  'unknown-keys': { applies: generations, json: withUnknownKeys },
  'json-in-reasoning': {
    applies: (call) => chatCompletions(call) && call.body.response_format !== undefined,
    reply: (prompt) => ({ reasoning: defaultReply(prompt).text ?? '', text: '' }),
  },
} satisfies FaultGroup<MockFaultName>
