import { tokenize } from '../generate/tokens.js'
import { type JSONObject, asArray, asObject, asString, isObject } from '../json-values.js'
import { modelCrashed } from '../replies/errors.js'
import { type BodyStep, type BodySteps, doneFrame, typedFrame } from '../replies/steps.js'
import { afterEvents } from './after-events.js'
import { type CallInfo, type FaultGroup, streams } from './behavior.js'
import type { MockFaultName } from './types.js'

const isResponseStream = (call: CallInfo): boolean => call.path === '/v1/responses' && streams(call)
const isEmbedding = ({ path }: CallInfo): boolean => path.endsWith('/embeddings')
const hasNamedEvents = (call: CallInfo): boolean =>
  streams(call) && /^\/(?:v1\/(?:responses|messages)|api\/v1\/chat)$/u.test(call.path)

/** Replaces the rest of a stream by `response.failed` with the response that the first event described. */
async function* failResponse(steps: BodySteps, count: unknown, message: string): AsyncGenerator<BodyStep> {
  let response: object = {}
  let sent = 0
  const fail = (): BodyStep[] => {
    const error = { code: 'server_error', message }
    return [
      typedFrame('response.failed', { response: { ...response, status: 'failed', error }, sequence_number: sent }),
    ]
  }
  for await (const step of afterEvents(steps, { count }, fail)) {
    if (step.kind === 'frame') {
      if (step.event === 'response.created') response = asObject(asObject(step.data).response)
      sent += 1
    }
    yield step
  }
}

/** Adds the deltas of function call arguments, and renumbers the events. */
async function* withArgumentDeltas(steps: BodySteps): AsyncGenerator<BodyStep> {
  let sequence = 0
  for await (const step of steps) {
    if (step.kind !== 'frame') {
      yield step
      continue
    }
    const data = asObject(step.data)
    if (step.event === 'response.function_call_arguments.done') {
      for (const delta of tokenize(asString(data.arguments))) {
        const position = { item_id: data.item_id, output_index: data.output_index }
        yield typedFrame('response.function_call_arguments.delta', { ...position, delta, sequence_number: sequence })
        sequence += 1
      }
    }
    yield { ...step, data: { ...data, sequence_number: sequence } }
    sequence += 1
  }
}

/** Keeps the first half of the text of a finished response, and gives it the status `failed` without an error. */
function failSilently(document: JSONObject): JSONObject {
  if (isObject(document.response)) return { ...document, response: failSilently(document.response) }
  if (document.status !== 'completed') return document
  const output = asArray(document.output).map((value) => {
    const item = asObject(value)
    if (item.type !== 'message') return item
    const content = asArray(item.content).map((part) => {
      const text = asString(asObject(part).text)
      return { ...asObject(part), text: text.slice(0, text.length >> 1) }
    })
    return { ...item, content }
  })
  return { ...document, status: 'failed', error: null, output }
}

/**
 * Counts `content_index` as some builds of vLLM do: once per delta, or on from the content of the items before, though
 * every item has one part.
 */
async function* countContentIndex(steps: BodySteps, isPerDelta: boolean): AsyncGenerator<BodyStep> {
  const deltas = new Map<unknown, number>()
  const items: unknown[] = []
  for await (const step of steps) {
    if (step.kind !== 'frame' || asObject(step.data).content_index === undefined) {
      yield step
      continue
    }
    const data = asObject(step.data)
    if (!items.includes(data.item_id)) items.push(data.item_id)
    const sent = deltas.get(data.item_id) ?? 0
    if (asString(step.event).endsWith('.delta')) deltas.set(data.item_id, sent + 1)
    yield { ...step, data: { ...data, content_index: isPerDelta ? sent : items.indexOf(data.item_id) } }
  }
}

async function* withDone(steps: BodySteps): AsyncGenerator<BodyStep> {
  yield* steps
  yield doneFrame
}

/** Faults of responses, of streams with named events, and of embeddings. */
export const responsesFaults = {
  'embeddings-unordered': {
    applies: isEmbedding,
    json: (document) => ({ ...document, data: asArray(document.data).toReversed() }),
  },
  'embeddings-null': {
    applies: isEmbedding,
    json: (document) => {
      const data = asArray(document.data).map((one) => {
        const entry = asObject(one)
        return { ...entry, embedding: asArray(entry.embedding).map(() => null) }
      })
      return { ...document, data }
    },
  },
  'content-index-counted': {
    applies: isResponseStream,
    steps: (steps, { per }) => countContentIndex(steps, per !== 'item'),
  },
  'response-status-failed': {
    applies: ({ path }) => path === '/v1/responses',
    json: failSilently,
  },
  'response-failed': {
    applies: isResponseStream,
    steps: (steps, { afterEvents: count, message }) => failResponse(steps, count, asString(message) || modelCrashed),
  },
  'argument-deltas': { applies: isResponseStream, steps: (steps) => withArgumentDeltas(steps) },
  'extra-done': { applies: hasNamedEvents, steps: (steps) => withDone(steps) },
} satisfies FaultGroup<MockFaultName>
