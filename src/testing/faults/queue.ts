import { matchesPath } from '../call-log.js'
import type { Exchange, RouteFault } from '../exchange.js'
import type { JSONObject } from '../json-values.js'
import type { BodySteps } from '../replies/steps.js'
import type { WireResponse } from '../replies/wire-response.js'
import { type CallInfo, type FaultBehavior, type FaultParameters, type StepsContext, streams } from './behavior.js'
import { checkParameters } from './parameters.js'
import { createFaultRegistry } from './registry.js'
import type { MockFault, MockFaultOptions } from './types.js'

/** The fault that one call has taken, with its parameters filled in. */
export interface ActiveFault extends RouteFault {
  before(exchange: Exchange): Promise<void> | undefined
  body(body: JSONObject): JSONObject
  respond(exchange: Exchange): WireResponse | undefined
  json(document: JSONObject): unknown
  steps(steps: BodySteps, context: StepsContext): BodySteps
  readonly headers: Readonly<Record<string, string>>
  /** Whether the fault changes the steps of the body: then even a small body is written only as it is read. */
  readonly changesSteps: boolean
}

interface QueuedFault {
  readonly name: string
  readonly behavior: FaultBehavior
  readonly parameters: FaultParameters
  readonly path: string | RegExp | undefined
  timesLeft: number
}

function activate({ name, behavior, parameters }: QueuedFault): ActiveFault {
  return {
    name,
    parameters,
    before: (exchange) => behavior.before?.(exchange, parameters),
    body: (body) => behavior.body?.(body, parameters) ?? body,
    respond: (exchange) => behavior.respond?.(exchange, parameters),
    reply: (prompt) => behavior.reply?.(prompt, parameters),
    json: (document) => behavior.json?.(document, parameters) ?? document,
    steps: (steps, context) => behavior.steps?.(steps, parameters, context) ?? steps,
    headers: behavior.headers ?? {},
    changesSteps: behavior.steps !== undefined,
  }
}

function applies({ behavior, path }: QueuedFault, call: CallInfo): boolean {
  if (path === undefined) return behavior.applies(call)
  // With an explicit path, stream faults also take calls that are not streams.
  return matchesPath(call.path, path) && (behavior.applies === streams || behavior.applies(call))
}

export interface FaultQueue {
  inject(fault: MockFault, options?: MockFaultOptions): void
  /** Takes the first queued fault that applies to a call. */
  take(call: CallInfo): ActiveFault | undefined
  clear(): void
}

export function createFaultQueue(): FaultQueue {
  const queue: QueuedFault[] = []
  const behaviorOf = createFaultRegistry()

  return {
    inject: (fault, options = {}) => {
      const unknown = Object.keys(options).find((key) => key !== 'times' && key !== 'path')
      if (unknown !== undefined) {
        throw new RangeError(
          `Unknown option "${unknown}" of inject. It takes times and path; parameters belong to the fault: { name, ${unknown} }.`,
        )
      }
      const name = typeof fault === 'string' ? fault : 'raw' in fault ? 'raw' : fault.name
      const parameters: FaultParameters = typeof fault === 'string' ? {} : { ...fault }
      const behavior = behaviorOf(name)
      checkParameters(name, parameters)
      queue.push({ name, behavior, parameters, path: options.path, timesLeft: options.times ?? 1 })
    },
    take: (call) => {
      const index = queue.findIndex((fault) => applies(fault, call))
      const fault = queue[index]
      if (fault === undefined) return undefined
      fault.timesLeft -= 1
      if (fault.timesLeft <= 0) queue.splice(index, 1)
      return activate(fault)
    },
    clear: () => {
      queue.length = 0
    },
  }
}
