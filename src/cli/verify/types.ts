import type { LMStudioProvider } from '../../provider.js'
import { type JSONObject, isObject } from '../../utils/json.js'
import type { Exchange } from './recorder.js'

/** What was found out about an assumption. */
export type Outcome = 'held' | 'failed' | 'not-tried'

/** An assumption of docs/http-api.md, and what was found out about it. */
export interface Finding {
  readonly id: string
  /** Section of docs/http-api.md. */
  readonly section: string
  readonly assumption: string
  readonly outcome: Outcome
  /** What the server did instead, or why the assumption could not be tried. */
  readonly detail?: string
}

/** The findings of one probe, in the order in which it states its assumptions. */
export interface ProbeResult {
  readonly probe: string
  readonly findings: readonly Finding[]
}

/** An open question of docs/http-api.md 14, and what the server shows about it. */
export interface Observation {
  readonly section: string
  readonly question: string
  readonly answer: string
}

/** The server at the endpoint. */
export interface ServerInfo {
  readonly kind: 'LM Studio' | 'llama.cpp' | 'Ollama' | 'vLLM' | 'OpenAI-compatible server'
  readonly version?: string
  /** Whether it serves `/api/v1`, as LM Studio 0.4 does. */
  readonly hasV1: boolean
  readonly hasV0: boolean
}

/** The servers that an assumption is about: all, LM Studio, or LM Studio from 0.4 on. */
export type Scope = 'all' | 'lmstudio' | 'v1'

export interface Assumption {
  readonly section: string
  readonly text: string
  readonly scope?: Scope
}

/** Collects the findings of a probe. An assumption that a probe never mentions counts as not tried. */
export interface Findings<Id extends string> {
  readonly held: (id: Id, detail?: string) => void
  readonly failed: (id: Id, detail: string) => void
  readonly skip: (id: Id, reason: string) => void
  /** `held` if the condition is true, else `failed`. */
  readonly check: (id: Id, condition: boolean, detail: string) => void
  readonly observe: (observation: Observation) => void
}

/** A request of our own, not of the library. */
export interface RawRequest {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Whether to send the configured token. @default true */
  readonly token?: boolean
}

/** What a probe works with. */
export interface ProbeContext {
  readonly endpoint: string
  readonly server: ServerInfo
  /** The library, whose every exchange is recorded. It does not retry. */
  readonly provider: LMStudioProvider
  /** Aborts when the time of the probe or of the run is over, and at Ctrl+C. */
  readonly signal: AbortSignal
  readonly hasToken: boolean
  readonly allowLoad: boolean
  /** Returns the model for chats, and throws {@link NotTried} if none may be used. */
  readonly chatModel: () => string
  readonly embeddingModel: () => string
  readonly decisionModel: () => string
  /** Sends a request with plain fetch and reads the whole response. */
  readonly request: (method: string, path: string, request?: RawRequest) => Promise<Exchange>
  /** Returns the last exchange with a path, which the library made. */
  readonly lastExchange: (path: string) => Exchange
}

/** Checks some assumptions with as few requests as possible. */
export interface Probe<Id extends string = string> {
  readonly name: string
  readonly assumptions: Readonly<Record<Id, Assumption>>
  readonly run: (context: ProbeContext, findings: Findings<Id>) => Promise<void>
}

/** Returns the probe with the type of its assumptions, so that a misspelled one does not compile. */
export function defineProbe<Id extends string>(probe: Probe<Id>): Probe {
  return probe as unknown as Probe
}

/** Thrown by a probe that cannot be tried here. */
export class NotTried extends Error {
  override readonly name = 'NotTried'
}

/** A list of objects in a body; empty for anything else. */
export function objectsIn(value: unknown): JSONObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}
