import { answerPrompt } from './answer.js'
import type { Exchange } from './exchange.js'
import { type Behaviour, type Parameters, type Steps, chats, generations } from './fault-behaviour.js'
import type { MockFaultName, MockOverflowWording } from './fault-types.js'
import { afterEvents, errorFrames } from './faults-stream.js'
import { type JSONObject, asCount, asObject, asString } from './json-values.js'
import { findInstance } from './resolve-model.js'
import { removeInstance } from './state.js'
import { type Step, dataFrame } from './steps.js'
import {
  contextExceeded,
  crashed,
  modelUnloaded,
  noModelsLoaded,
  openAIError,
  outOfMemory,
  routeError,
  stringError,
} from './wire-errors.js'
import { type WireReply, eventStream, json } from './wire-reply.js'

const modelIn = (exchange: Exchange): string => asString(asObject(exchange.body).model)
const isStream = (exchange: Exchange): boolean => asObject(exchange.body).stream === true

/** Fails with a status, or as a frame of a stream when the fault says after how many events. */
function failure(
  status: number,
  message: (parameters: Parameters) => string,
  isLate: (exchange: Exchange, parameters: Parameters) => boolean,
  form: 'string' | 'event-error',
): Pick<Behaviour, 'answer' | 'steps'> {
  return {
    answer: (exchange, parameters) =>
      isLate(exchange, parameters) ? undefined : json(routeError(exchange.path, message(parameters), 'model'), status),
    steps: (steps, parameters, exchange, isWhole): AsyncIterable<Step> =>
      isWhole
        ? passThrough(steps)
        : afterEvents(steps, parameters.afterEvents, () => errorFrames(form, message(parameters), exchange), false),
  }
}

async function* passThrough(steps: Steps): AsyncGenerator<Step> {
  yield* steps
}

const overflows: Readonly<Record<MockOverflowWording, string>> = {
  exceeded: contextExceeded,
  'keep-first':
    'Trying to keep the first 9001 tokens when context the overflows. However, the model is loaded with context length of only 8192 tokens, which is not enough. Try to load the model with a larger context length, or provide a shorter input',
  'n-keep': 'Cannot truncate prompt with n_keep (9001) >= n_ctx (8192)',
  'exceeds-available': 'request (9001 tokens) exceeds the available context size (8192 tokens), try increasing it',
  'engine-object': 'request (9001 tokens) exceeds the available context size (8192 tokens), try increasing it',
}

function overflowAnswer(exchange: Exchange, { wording, status }: Parameters): WireReply {
  const known = (asString(wording) || 'exceeded') as MockOverflowWording
  const message = overflows[known]
  const isEngines = known === 'engine-object'
  const engine = {
    error: { code: 400, message, type: 'exceed_context_size_error', n_prompt_tokens: 9001, n_ctx: 8192 },
  }
  if (!isStream(exchange) || typeof status === 'number') {
    return json(isEngines ? engine : routeError(exchange.path, message), asCount(status) ?? 400)
  }
  return eventStream(isEngines ? [dataFrame(engine)] : errorFrames('object-and-message', message, exchange))
}

/** Sets every count to zero, however deep. */
function zeroCounts(value: unknown): unknown {
  if (typeof value === 'number') return 0
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, zeroCounts(inner)]))
}

function withoutUsage(document: JSONObject): JSONObject {
  const { usage: _usage, ...rest } = document
  return rest
}

const extra = { x_future_field: { level: 9 } }

function addKeys(document: JSONObject): JSONObject {
  const choices = Array.isArray(document.choices)
    ? { choices: document.choices.map((choice) => ({ ...asObject(choice), ...extra })) }
    : {}
  return { ...document, ...choices, ...extra }
}

type GenerationFaults =
  | 'zero-deltas'
  | 'model-unloaded'
  | 'no-models-loaded'
  | 'load-failed'
  | 'context-overflow'
  | 'crash'
  | 'usage-zero'
  | 'usage-missing'
  | 'unknown-keys'
  | 'json-in-reasoning'

/** Faults of models and engines. */
export const generationFaults: Readonly<Record<Extract<MockFaultName, GenerationFaults>, Behaviour>> = {
  'zero-deltas': {
    applies: generations,
    reply: () => ({ text: '', toolCalls: [], finishReason: 'stop', usage: { completionTokens: 0 } }),
  },
  'model-unloaded': {
    applies: generations,
    ...failure(
      400,
      () => modelUnloaded,
      (exchange, parameters) => parameters.afterEvents !== undefined && isStream(exchange),
      'string',
    ),
  },
  'no-models-loaded': {
    applies: generations,
    answer: (_exchange, { shape, status }) =>
      json(
        shape === 'string' ? stringError(noModelsLoaded) : openAIError(noModelsLoaded, 'model'),
        asCount(status) ?? 400,
      ),
  },
  'load-failed': {
    applies: (candidate) => generations(candidate) || candidate.path === '/api/v1/models/load',
    answer: (exchange, { status }) => {
      const message = outOfMemory(modelIn(exchange))
      const isNative = exchange.path.startsWith('/api/v1/')
      const body = isNative
        ? routeError(exchange.path, message, 'model')
        : openAIError(message, 'model', 'model_load_failed')
      return json(body, asCount(status) ?? 400)
    },
  },
  'context-overflow': { applies: generations, answer: overflowAnswer },
  crash: {
    applies: generations,
    before: async (exchange) => {
      // A stream's engine dies in its middle; the instance is gone by then either way, so only the whole answer loses it first.
      if (!isStream(exchange)) killEngine(exchange)
    },
    answer: (exchange, { message }) =>
      isStream(exchange) ? undefined : json(routeError(exchange.path, asString(message) || crashed), 500),
    steps: (steps, { afterEvents: count, message }, exchange, isWhole): AsyncIterable<Step> => {
      if (isWhole) return passThrough(steps)
      const die = (): Step[] => {
        killEngine(exchange)
        return errorFrames('event-error', asString(message) || crashed, exchange)
      }
      return afterEvents(steps, count, die, false)
    },
  },
  'usage-zero': {
    applies: generations,
    json: (document) => ('usage' in document ? { ...document, usage: zeroCounts(document.usage) } : document),
  },
  'usage-missing': { applies: generations, json: withoutUsage },
  'unknown-keys': { applies: generations, json: addKeys },
  'json-in-reasoning': {
    applies: (candidate) => chats(candidate) && candidate.body.response_format !== undefined,
    reply: (prompt) => ({ reasoning: answerPrompt(prompt).text ?? '', text: '' }),
  },
}

function killEngine(exchange: Exchange): void {
  const instance = findInstance(exchange, modelIn(exchange), exchange.path.endsWith('/embeddings'))
  if (instance !== undefined) removeInstance(exchange.state, instance.id)
}
