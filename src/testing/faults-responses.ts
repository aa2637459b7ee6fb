import { type Behaviour, type Candidate, type Steps, streams } from './fault-behaviour.js'
import type { MockFaultName } from './fault-types.js'
import { afterEvents } from './faults-stream.js'
import { tokenize } from './generate/tokens.js'
import { asArray, asObject, asString } from './json-values.js'
import { type Step, done, typedFrame } from './steps.js'
import { crashed } from './wire-errors.js'

const isResponse = (candidate: Candidate): boolean => candidate.path === '/v1/responses' && streams(candidate)
const isEmbedding = ({ path }: Candidate): boolean => path.endsWith('/embeddings')
const hasNamedEvents = (candidate: Candidate): boolean =>
  streams(candidate) && /^\/(?:v1\/(?:responses|messages)|api\/v1\/chat)$/u.test(candidate.path)

/** The stream up to an event, and then the response as far as its first event described it, failed. */
async function* failing(steps: Steps, count: unknown, message: string): AsyncGenerator<Step> {
  let response: object = {}
  let sent = 0
  const fail = (): Step[] => {
    const error = { code: 'server_error', message }
    return [
      typedFrame('response.failed', { response: { ...response, status: 'failed', error }, sequence_number: sent }),
    ]
  }
  for await (const step of afterEvents(steps, count, fail, false)) {
    if (step.kind === 'frame') {
      if (step.event === 'response.created') response = asObject(asObject(step.data).response)
      sent += 1
    }
    yield step
  }
}

async function* withArgumentDeltas(steps: Steps): AsyncGenerator<Step> {
  let sequence = 0
  for await (const step of steps) {
    if (step.kind !== 'frame') {
      yield step
      continue
    }
    const data = asObject(step.data)
    if (step.event === 'response.function_call_arguments.done') {
      for (const delta of tokenize(asString(data.arguments))) {
        const at = { item_id: data.item_id, output_index: data.output_index }
        yield typedFrame('response.function_call_arguments.delta', { ...at, delta, sequence_number: sequence })
        sequence += 1
      }
    }
    yield { ...step, data: { ...data, sequence_number: sequence } }
    sequence += 1
  }
}

async function* withDone(steps: Steps): AsyncGenerator<Step> {
  yield* steps
  yield done
}

type ResponsesFaults = 'embeddings-unordered' | 'response-failed' | 'argument-deltas' | 'extra-done'

/** Faults of responses, of named-event streams and of embeddings. */
export const responsesFaults: Readonly<Record<Extract<MockFaultName, ResponsesFaults>, Behaviour>> = {
  'embeddings-unordered': {
    applies: isEmbedding,
    json: (document) => ({ ...document, data: asArray(document.data).toReversed() }),
  },
  'response-failed': {
    applies: isResponse,
    steps: (steps, { afterEvents: count, message }) => failing(steps, count, asString(message) || crashed),
  },
  'argument-deltas': { applies: isResponse, steps: withArgumentDeltas },
  'extra-done': { applies: hasNamedEvents, steps: withDone },
}
