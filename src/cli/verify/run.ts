import type { LMStudioOptions } from '../../config/options.js'
import { createLMStudio } from '../../create-lmstudio.js'
import { UnsupportedEndpointError } from '../../errors/errors.js'
import type { ModelInfo } from '../../models/types.js'
import type { LMStudioProvider } from '../../provider.js'
import { raceAbort, throwIfAborted } from '../../utils/abort.js'
import { apiTokenOf } from '../connection.js'
import { oneLine } from '../text.js'
import { createFindings } from './findings.js'
import { identify } from './identify.js'
import { chooseChatModel, chooseDecisionModel, chooseEmbeddingModel } from './models.js'
import { PROBES } from './probes/index.js'
import { type Exchange, type Recorder, createRecorder } from './recorder.js'
import { createTimeLimit } from './time-limit.js'
import {
  NotTried,
  type Observation,
  type Probe,
  type ProbeContext,
  type ProbeResult,
  type RawRequest,
  type ServerInfo,
} from './types.js'

/** Options of {@link verifyServer}. */
export interface VerifyOptions {
  /** Options of the provider, with the environment and config files applied. */
  readonly provider: LMStudioOptions
  readonly model?: string | undefined
  readonly embeddingModel?: string | undefined
  readonly decisionModel?: string | undefined
  /** Names of the probes to run. @default all */
  readonly only?: readonly string[] | undefined
  /** Whether models may be loaded and unloaded. */
  readonly allowLoad: boolean
  /** Time limit of one probe and of the whole run, in ms. */
  readonly probeTimeout: number
  readonly totalTimeout: number
  /** Ends the run early: what has not been tried yet is reported as such. */
  readonly signal: AbortSignal
  /** Receives the results of each probe as it ends. */
  readonly onResult?: (result: ProbeResult) => void
  readonly onStart?: (start: Pick<VerifyReport, 'endpoint' | 'server' | 'model' | 'embeddingModel'>) => void
}

/** Everything that a run found out. */
export interface VerifyReport {
  readonly endpoint: string
  readonly server: ServerInfo
  /** Absent if no model may be used. */
  readonly model?: string
  readonly embeddingModel?: string
  readonly results: readonly ProbeResult[]
  readonly observations: readonly Observation[]
  readonly exchanges: readonly Exchange[]
  /** Why the run ended early. */
  readonly stopped?: string
}

/**
 * Compares a server with the assumptions of docs/http-api.md.
 *
 * @throws the error of the library if the server cannot be used at all, and the reason of an abort before the first probe
 */
export async function verifyServer(options: VerifyOptions): Promise<VerifyReport> {
  const limit = createTimeLimit(options.signal, options.totalTimeout, 'The time limit of the run is over.')
  try {
    return await run(options, limit.signal)
  } finally {
    limit.release()
  }
}

const NO_RESPONSE = 'The server did not respond within the time limit.'

async function run(options: VerifyOptions, runSignal: AbortSignal): Promise<VerifyReport> {
  const recorder = createRecorder(options.provider.fetch ?? globalThis.fetch)
  const provider = createLMStudio({
    ...options.provider,
    fetch: recorder.fetch,
    // Retries and the cache would hide how the server responds.
    maxRetries: 0,
    cache: false,
    timeout: options.probeTimeout,
  })
  const { endpoint } = provider
  const token = await apiTokenOf(options.provider)
  const request = createRequest(endpoint, recorder, token)

  recorder.begin('identification')
  const setup = createTimeLimit(runSignal, options.probeTimeout, NO_RESPONSE)
  const read = (path: string): Promise<Exchange> => request(setup.signal, 'GET', path)
  const { server, models } = await prepare(provider, read, setup.signal).finally(setup.release)
  const choice = { models, allowLoad: options.allowLoad }
  const chatModel = chooseChatModel({ ...choice, model: options.model })
  const embeddingModel = chooseEmbeddingModel({ ...choice, model: options.embeddingModel })
  const decisionModel = chooseDecisionModel({ ...choice, model: options.decisionModel })
  const chosen = {
    ...(chatModel.id === undefined ? {} : { model: chatModel.id }),
    ...(embeddingModel.id === undefined ? {} : { embeddingModel: embeddingModel.id }),
  }
  options.onStart?.({ endpoint, server, ...chosen })

  const observations: Observation[] = []
  const results: ProbeResult[] = []
  for (const probe of PROBES.filter(({ name }) => options.only?.includes(name) ?? true)) {
    recorder.begin(probe.name)
    const { signal, release } = createTimeLimit(runSignal, options.probeTimeout, NO_RESPONSE)
    const context: ProbeContext = {
      endpoint,
      server,
      provider: withSignal(provider, signal),
      signal,
      hasToken: token !== undefined,
      allowLoad: options.allowLoad,
      chatModel: () => chatModel.id ?? notTried(chatModel.reason),
      embeddingModel: () => embeddingModel.id ?? notTried(embeddingModel.reason),
      decisionModel: () => decisionModel.id ?? notTried(decisionModel.reason),
      request: (method, path, init) => request(signal, method, path, init),
      lastExchange: (path) =>
        recorder.exchanges.findLast((exchange) => exchange.path === path) ?? notTried(`nothing was sent to ${path}`),
    }
    const result = await runProbe(probe, context, { runSignal, observations }).finally(release)
    results.push(result)
    options.onResult?.(result)
  }
  return {
    endpoint,
    server,
    ...chosen,
    results,
    observations,
    exchanges: recorder.exchanges,
    ...(runSignal.aborted ? { stopped: stopReason(options.signal) } : {}),
  }
}

const stopReason = (signal: AbortSignal): string =>
  signal.aborted ? 'the run was interrupted' : 'the time limit of the run is over'

function notTried(reason: string): never {
  throw new NotTried(reason)
}

/** Requests what identifies the server. Rejects with the error of the library for a server that cannot be used. */
async function prepare(
  provider: LMStudioProvider,
  read: (path: string) => Promise<Exchange>,
  signal: AbortSignal,
): Promise<{ readonly server: ServerInfo; readonly models: readonly ModelInfo[] }> {
  const models = await provider.listModels({ signal, refresh: true })
  const greeting = await read('/lmstudio-greeting')
  const v1 = await read('/api/v1/models')
  const v0 = await read('/api/v0/models')
  const openai = await read('/v1/models')
  return { server: await identify({ greeting, v1, v0, openai }, read), models }
}

interface RunState {
  readonly runSignal: AbortSignal
  readonly observations: Observation[]
}

async function runProbe(
  probe: Probe,
  context: ProbeContext,
  { runSignal, observations }: RunState,
): Promise<ProbeResult> {
  const findings = createFindings(probe, context.server, observations)
  if (findings.open().length > 0) {
    try {
      throwIfAborted(context.signal)
      await raceAbort(probe.run(context, findings), context.signal)
      findings.close('skip', 'the probe did not get this far')
    } catch (error) {
      if (runSignal.aborted) findings.close('skip', 'the run ended first')
      else if (error instanceof NotTried) findings.close('skip', error.message)
      else if (context.signal.aborted) findings.close('failed', NO_RESPONSE)
      else if (UnsupportedEndpointError.isInstance(error)) findings.close('skip', 'the server does not have the route')
      else findings.close('failed', error instanceof Error ? oneLine(error.message) : String(error))
    }
  }
  return { probe: probe.name, findings: findings.all() }
}

/** Adds the signal of a probe to the calls that probes make. */
function withSignal(provider: LMStudioProvider, signal: AbortSignal): LMStudioProvider {
  return {
    ...provider,
    listModels: (options) => provider.listModels({ signal, refresh: true, ...options }),
    complete: (request, options) => provider.complete(request, { signal, ...options }),
    stream: (request, options) => provider.stream(request, { signal, ...options }),
    respond: (request, options) => provider.respond(request, { signal, ...options }),
    streamRespond: (request, options) => provider.streamRespond(request, { signal, ...options }),
    completeText: (request, options) => provider.completeText(request, { signal, ...options }),
    chat: (request, options) => provider.chat(request, { signal, ...options }),
    streamChat: (request, options) => provider.streamChat(request, { signal, ...options }),
    decide: (request, options) => provider.decide(request, { signal, ...options }),
    embed: (request, options) => provider.embed(request, { signal, ...options }),
    loadModel: (model, config, options) => provider.loadModel(model, config, { signal, ...options }),
    unloadModel: (model, options) => provider.unloadModel(model, { signal, ...options }),
  }
}

type SendRequest = (signal: AbortSignal, method: string, path: string, request?: RawRequest) => Promise<Exchange>

/** Returns a function that sends requests with plain fetch, past everything that the library does. */
function createRequest(endpoint: string, { fetch, exchangeOf }: Recorder, apiToken: string | undefined): SendRequest {
  return async (signal, method, path, { body, headers = {}, token = true } = {}) => {
    const sent = new Headers(headers)
    if (body !== undefined) sent.set('content-type', 'application/json')
    if (token && apiToken !== undefined && !sent.has('authorization')) sent.set('authorization', `Bearer ${apiToken}`)
    const response = await fetch(endpoint + path, {
      method,
      headers: sent,
      signal,
      redirect: 'manual',
      cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    await response.text()
    return exchangeOf(response)
  }
}
