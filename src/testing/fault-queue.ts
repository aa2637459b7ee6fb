import { matchesPath } from './call-log.js'
import type { Exchange } from './exchange.js'
import { type Behaviour, type Candidate, type Parameters, type Steps, streams } from './fault-behaviour.js'
import { behaviourOf } from './fault-registry.js'
import type { MockFault, MockFaultOptions } from './fault-types.js'
import type { JSONObject } from './json-values.js'
import type { Step } from './steps.js'
import type { MockPrompt, MockReply } from './types.js'
import type { WireReply } from './wire-reply.js'

/** The fault one call has taken, with its parameters filled in. */
export interface ActiveFault {
  readonly name: string
  before(exchange: Exchange): Promise<void> | undefined
  body(body: JSONObject): JSONObject
  answer(exchange: Exchange): WireReply | undefined
  reply(prompt: MockPrompt): MockReply | undefined
  json(document: JSONObject): unknown
  steps(steps: Steps, exchange: Exchange, isWhole: boolean): Steps
  /** True when the body's course changes, so that even a small body must not leave before its reader asks. */
  readonly changesSteps: boolean
}

interface Waiting {
  readonly name: string
  readonly behaviour: Behaviour
  readonly parameters: Parameters
  readonly path: string | RegExp | undefined
  times: number
}

function activate({ name, behaviour, parameters }: Waiting): ActiveFault {
  return {
    name,
    before: (exchange) => behaviour.before?.(exchange, parameters),
    body: (body) => behaviour.body?.(body, parameters) ?? body,
    answer: (exchange) => behaviour.answer?.(exchange, parameters),
    reply: (prompt) => behaviour.reply?.(prompt, parameters),
    json: (document) => behaviour.json?.(document, parameters) ?? document,
    steps: (steps, exchange, isWhole): AsyncIterable<Step> | Steps =>
      behaviour.steps?.(steps, parameters, exchange, isWhole) ?? steps,
    changesSteps: behaviour.steps !== undefined,
  }
}

export interface FaultQueue {
  inject(fault: MockFault, options?: MockFaultOptions): void
  /** Takes the first waiting fault that applies to a call. */
  take(candidate: Candidate): ActiveFault | undefined
  clear(): void
}

export function createFaultQueue(): FaultQueue {
  const waiting: Waiting[] = []

  const applies = ({ behaviour, path }: Waiting, candidate: Candidate): boolean => {
    if (path === undefined) return behaviour.applies(candidate)
    // A named path is a clear wish, so stream faults then also take calls that are not streams.
    return matchesPath(candidate.path, path) && (behaviour.applies === streams || behaviour.applies(candidate))
  }

  return {
    inject: (fault, options = {}) => {
      const name = typeof fault === 'string' ? fault : 'raw' in fault ? 'raw' : fault.name
      const parameters: Parameters = typeof fault === 'string' ? {} : { ...fault }
      waiting.push({ name, behaviour: behaviourOf(name), parameters, path: options.path, times: options.times ?? 1 })
    },
    take: (candidate) => {
      const index = waiting.findIndex((one) => applies(one, candidate))
      const found = waiting[index]
      if (found === undefined) return undefined
      found.times -= 1
      if (found.times <= 0) waiting.splice(index, 1)
      return activate(found)
    },
    clear: () => {
      waiting.length = 0
    },
  }
}
