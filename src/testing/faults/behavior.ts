import type { Exchange } from '../exchange.js'
import type { JSONObject } from '../json-values.js'
import type { BodySteps } from '../replies/steps.js'
import type { WireResponse } from '../replies/wire-response.js'
import type { MockPrompt, MockReply } from '../types.js'

/** The parameters that were injected with a fault. */
export type FaultParameters = Readonly<Record<string, unknown>>

/** What is known of a call when its fault is chosen. */
export interface CallInfo {
  readonly method: string
  readonly path: string
  readonly body: JSONObject
}

/** Where the steps of a body belong. */
export interface StepsContext {
  readonly exchange: Exchange
  /** Whether the steps are not a stream, but the two halves of one document. */
  readonly isDocument: boolean
}

/** What a fault changes about a call. Every hook is optional, and a fault may use several. */
export interface FaultBehavior {
  /** Returns whether the fault takes this call. */
  readonly applies: (call: CallInfo) => boolean
  /** Runs before anything else. */
  readonly before?: (exchange: Exchange, parameters: FaultParameters) => Promise<void>
  /** Changes the request body that the route sees. */
  readonly body?: (body: JSONObject, parameters: FaultParameters) => JSONObject
  /** Responds in place of the route; `undefined` leaves the response to the route. */
  readonly respond?: (exchange: Exchange, parameters: FaultParameters) => WireResponse | undefined
  /** Replaces the model output; `undefined` leaves it to the script and the mock. */
  readonly reply?: (prompt: MockPrompt, parameters: FaultParameters) => MockReply | undefined
  /** Headers that replace those of the response. */
  readonly headers?: Readonly<Record<string, string>>
  /** Changes each JSON document that is sent: the whole body, or the data of one event. */
  readonly json?: (document: JSONObject, parameters: FaultParameters) => unknown
  /** Changes the steps of the body. */
  readonly steps?: (steps: BodySteps, parameters: FaultParameters, context: StepsContext) => BodySteps
}

/** Faults by name; checked for misspelled names by `satisfies`. */
export type FaultGroup<Name extends string> = Readonly<Partial<Record<Name, FaultBehavior>>>

const generationRoutes =
  /^\/(?:v1\/(?:chat\/completions|completions|embeddings|responses|messages)|api\/v0\/(?:chat\/completions|completions|embeddings)|api\/v1\/chat)$/u

export const anyCall = (): boolean => true
export const generations = ({ path }: CallInfo): boolean => generationRoutes.test(path)
export const wholeGenerations = (call: CallInfo): boolean => generations(call) && call.body.stream !== true
export const streams = (call: CallInfo): boolean => generations(call) && call.body.stream === true
export const chatCompletions = ({ path }: CallInfo): boolean => path.endsWith('/chat/completions')
export const nativeChats = ({ path }: CallInfo): boolean => path === '/api/v1/chat'
export const nativeStreams = (call: CallInfo): boolean => nativeChats(call) && call.body.stream === true
export const streamsWithTools = (call: CallInfo): boolean => callsWithTools(call) && streams(call)
export const callsWithTools = (call: CallInfo): boolean =>
  chatCompletions(call) && Array.isArray(call.body.tools) && call.body.tools.length > 0
