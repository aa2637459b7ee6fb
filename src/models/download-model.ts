import * as v from 'valibot'
import { callOptionEntriesOfSettings } from '../config/call-options.js'
import type { CallOptions, Config } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import { ROUTES } from '../config/routes.js'
import { ApiError, InvalidResponseError, ModelNotFoundError } from '../errors/errors.js'
import { foreignName } from '../http/foreign-text.js'
import { runVerb } from '../http/client.js'
import { parseErrorBody } from '../http/error-body.js'
import { failureReason, hasFailedStatus } from '../http/failure-body.js'
import type { RequestSpec } from '../http/request-spec.js'
import type { Client } from '../http/types.js'
import { throwIfAborted } from '../utils/abort.js'
import { compact } from '../utils/json.js'
import { once } from '../utils/once.js'
import { type SingleFlight, createSingleFlight } from '../utils/single-flight.js'
import { type EntriesOf, isPathSegment, name, optional } from '../validation/schema.js'
import { parseResponse, readRequest, serialize, validateRequest } from '../validation/validate.js'
import { type WireDownload, downloadSchema, readDownload } from './download-response.js'
import { modelCatalog } from './model-catalog.js'
import { validateModel } from './request.js'
import type { DownloadOptions, DownloadResult } from './types.js'
import { downloadFailed, toDownloadFailure, watchDownload } from './watch-download.js'

const settingsSchema = /* @__PURE__ */ once(() => {
  const entries = {
    quantization: v.optional(name),
    jobId: optional(isPathSegment, 'must be the id of a download: not blank, no control characters, not `.` or `..`'),
    onProgress: optional((value) => typeof value === 'function', 'must be a function'),
  } satisfies EntriesOf<DownloadOptions>
  return v.strictObject({ ...callOptionEntriesOfSettings, ...entries })
})

/** A response about a download. */
interface DownloadReply {
  readonly wire: WireDownload
  readonly raw: unknown
}

/** The downloads that a client has under way, so that calls for the same model share one. */
interface DownloadState {
  readonly starts: SingleFlight<DownloadReply>
  /** By model and quantization. */
  readonly running: Map<string, { readonly jobId: string; watchers: number }>
}

const downloadStates = /* @__PURE__ */ new WeakMap<Client, DownloadState>()

function downloadStateOf(client: Client): DownloadState {
  const state = downloadStates.get(client) ?? { starts: createSingleFlight(), running: new Map() }
  downloadStates.set(client, state)
  return state
}

/**
 * Starts a download, or continues to watch one, and waits until it has finished. See
 * {@link LMStudioProvider.downloadModel}.
 *
 * @remarks
 * Sends `POST /api/v1/models/download`, then polls `GET /api/v1/models/download/status/{job_id}`. No route lists the
 * downloads under way, so only the calls of one client can share them.
 */
export function downloadModel(
  client: Client,
  model: string,
  settings: DownloadOptions = {},
  options: CallOptions = {},
): Promise<DownloadResult> {
  return runVerb(downloadModel, client, () => startAndWatch(client, model, settings, options))
}

async function startAndWatch(
  client: Client,
  model: string,
  received: DownloadOptions,
  options: CallOptions,
): Promise<DownloadResult> {
  checkCallOptions(options)
  validateModel(model)
  const settings = readRequest(received)
  validateRequest(settingsSchema(), settings)
  const { quantization, jobId: knownJobId, onProgress } = settings
  const { signal, headers } = options
  const { endpoint, timeout, log } = client.config
  const models = modelCatalog(client)

  let raw: unknown

  // The server responds at once, whatever the size of the model, so `timeout` applies and not `generationTimeout`.
  async function request(spec: RequestSpec, signal: AbortSignal | undefined, id?: string): Promise<DownloadReply> {
    const { body, context } = await client.requestJSON(spec, { timeout, ...compact({ ...options, signal }) })
    const wire = parseResponse(downloadSchema(), body, 'The response', { endpoint })
    if (hasFailedStatus(wire)) {
      const {
        shown: { message },
      } = parseErrorBody({ error: failureReason(wire) }, context.scrub)
      throw downloadFailed(client.config, message, readDownload(wire).jobId ?? id)
    }
    // Before `onProgress` is called, so that it finds the new model in the list.
    if (wire.status === 'completed' || wire.status === 'already_downloaded') await models.invalidate()
    return { wire, raw: body }
  }
  const start = (shared: AbortSignal | undefined): Promise<DownloadReply> =>
    request(
      {
        method: 'POST',
        route: ROUTES.downloadModel,
        body: serialize(compact({ model, quantization })),
        kind: 'change',
      },
      shared,
    ).catch((error: unknown) => {
      throwIfAborted(shared)
      return explainStart(error, client.config)
    })
  const read = (id: string): Promise<DownloadReply> =>
    request({ method: 'GET', route: `${ROUTES.downloadStatus}/${encodeURIComponent(id)}`, kind: 'read' }, signal, id)
  const poll = async (id: string): Promise<WireDownload> => {
    const reply = await read(id)
    raw = reply.raw
    return reply.wire
  }

  // Headers can select another machine.
  const key = headers === undefined && knownJobId === undefined ? JSON.stringify([model, quantization]) : undefined
  const { starts, running } = downloadStateOf(client)
  const runningId = knownJobId ?? (key === undefined ? undefined : running.get(key)?.jobId)
  const startKey = key === undefined ? {} : JSON.stringify([key, options.timeout])
  const reply = await (runningId === undefined ? starts.run(startKey, start, signal) : read(runningId))
  const { wire: first } = reply
  raw = reply.raw
  if (first.status === 'already_downloaded') return { status: 'already-downloaded', raw }
  const jobId = readDownload(first).jobId ?? runningId
  if (!isPathSegment(jobId)) {
    throw new InvalidResponseError('The response does not contain the id of the download.', { endpoint })
  }
  const watched = key === undefined ? undefined : (running.get(key) ?? { jobId, watchers: 0 })
  if (watched !== undefined) {
    watched.watchers++
    running.set(key!, watched)
  }
  try {
    const last = await watchDownload({ client, jobId, first, poll, onProgress, signal })
    return compact({ status: 'completed' as const, jobId, totalBytes: readDownload(last).totalBytes, raw })
  } catch (error) {
    const hasEnded = ApiError.isInstance(error) && (error.code === 'download-failed' || error.code === 'job-not-found')
    if (!hasEnded) {
      log?.({
        level: 'info',
        type: 'lifecycle',
        message: `Download ${foreignName(client.config, jobId)} continues in LM Studio. To watch it again, pass its \`jobId\` to downloadModel.`,
        jobId: foreignName(client.config, jobId),
      })
    }
    throwIfAborted(signal)
    throw error
  } finally {
    if (watched !== undefined && --watched.watchers === 0) running.delete(key!)
  }
}

/** An error in a 200 means that the download failed. For a name that the server does not know, replaces the hint: the usual one suggests models on the server's disk. */
function explainStart(error: unknown, config: Config): never {
  if (!ModelNotFoundError.isInstance(error)) throw toDownloadFailure(error, config)
  const hint = 'Check the name in LM Studio (Discover tab), or pass a https://huggingface.co/… link.'
  // `cause` is not enumerable, so the spread leaves it out.
  throw new ModelNotFoundError(error.message, { ...error, cause: error.cause, hint })
}
