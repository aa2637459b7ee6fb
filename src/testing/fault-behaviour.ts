import type { Exchange } from './exchange.js'
import type { JSONObject } from './json-values.js'
import type { Step } from './steps.js'
import type { MockPrompt, MockReply } from './types.js'
import type { WireReply } from './wire-reply.js'

export type Steps = Iterable<Step> | AsyncIterable<Step>

/** Parameters as they came with the fault. */
export type Parameters = Readonly<Record<string, unknown>>

/** What is known of a call when its fault is chosen. */
export interface Candidate {
  readonly method: string
  readonly path: string
  readonly body: JSONObject
}

/** How a fault makes a call go wrong: it steps in at one or more points of the exchange. */
export interface Behaviour {
  /** Which calls it waits for. */
  readonly applies: (candidate: Candidate) => boolean
  /** Runs before anything is answered. */
  readonly before?: (exchange: Exchange, parameters: Parameters) => Promise<void>
  /** Changes the request body the route sees. */
  readonly body?: (body: JSONObject, parameters: Parameters) => JSONObject
  /** Answers in the route's place; `undefined` leaves it to the route. */
  readonly answer?: (exchange: Exchange, parameters: Parameters) => WireReply | undefined
  /** Decides what the model says. */
  readonly reply?: (prompt: MockPrompt, parameters: Parameters) => MockReply | undefined
  /** Changes each JSON document that goes out: the whole body, or one event's data. */
  readonly json?: (document: JSONObject, parameters: Parameters) => unknown
  /** Changes the body's course. `isWhole` says that it is not a stream but one document in two halves. */
  readonly steps?: (steps: Steps, parameters: Parameters, exchange: Exchange, isWhole: boolean) => AsyncIterable<Step>
}

const generationRoutes =
  /^\/(?:v1\/(?:chat\/completions|completions|embeddings|responses|messages)|api\/v0\/(?:chat\/completions|completions|embeddings)|api\/v1\/chat)$/u

export const any = (): boolean => true
export const generations = ({ path }: Candidate): boolean => generationRoutes.test(path)
export const streams = (candidate: Candidate): boolean => generations(candidate) && candidate.body.stream === true
export const chats = ({ path }: Candidate): boolean => path.endsWith('/chat/completions')
export const nativeChats = ({ path }: Candidate): boolean => path === '/api/v1/chat'
export const nativeStreams = (candidate: Candidate): boolean => nativeChats(candidate) && candidate.body.stream === true
export const withTools = (candidate: Candidate): boolean =>
  chats(candidate) && Array.isArray(candidate.body.tools) && candidate.body.tools.length > 0
