import * as v from 'valibot'
import { checkCallOptions } from '../config/resolve.js'
import { validateRequest } from '../config/validate.js'
import { ApiError, InvalidResponseError, ModelNotFoundError } from '../errors/api-errors.js'
import { callOptionEntriesOfSettings } from '../generation/request-parts.js'
import type { ModelStore } from '../models/model-store.js'
import { serialise } from '../transport/serialise.js'
import type { RequestSpec, Transport } from '../transport/types.js'
import type { CallOptions } from '../types/call-options.js'
import type { DownloadOptions, DownloadResult } from '../types/lifecycle.js'
import { throwIfAborted } from '../utils/abort.js'
import { compact } from '../utils/json.js'
import { name, optional } from '../utils/schema.js'
import { downloadSchema, type WireDownload } from '../wire/lifecycle.js'
import { parseWire } from '../wire/parse.js'
import { ROUTES } from '../wire/routes.js'
import { readDownload } from './from-wire.js'
import { watchDownload } from './watch-download.js'

const schema = v.strictObject({ model: name })

const optionsSchema = v.strictObject({
  ...callOptionEntriesOfSettings,
  quantization: v.optional(name),
  jobId: v.optional(name),
  onProgress: optional((value) => typeof value === 'function', 'must be a function'),
})

/** Begins a download, or takes one up, and waits for its end: `POST /api/v1/models/download`, then its status. */
export async function downloadModel(
  transport: Transport,
  models: ModelStore,
  model: string,
  settings: DownloadOptions = {},
  options: CallOptions = {},
): Promise<DownloadResult> {
  checkCallOptions(options)
  validateRequest(schema, { model })
  validateRequest(optionsSchema, settings)
  const { quantization, jobId: known, onProgress } = settings
  const { endpoint, timeout } = transport.config

  async function ask(spec: RequestSpec): Promise<WireDownload> {
    // An answer comes at once, whatever the size of the model.
    const answer = await transport.requestJSON(spec, { timeout, ...compact(options) })
    const wire = parseWire(downloadSchema, answer.body, 'The answer', { endpoint })
    // Before anybody is told, so that who then lists the models finds the new one.
    if (wire.status === 'completed' || wire.status === 'already_downloaded') await models.invalidate()
    return wire
  }
  const look = (id: string): Promise<WireDownload> =>
    ask({ method: 'GET', route: `${ROUTES.downloadStatus}/${encodeURIComponent(id)}`, kind: 'read' })

  const first =
    known === undefined
      ? await ask({
          method: 'POST',
          route: ROUTES.downloadModel,
          body: serialise(compact({ model, quantization })),
          kind: 'change',
        }).catch(explainName)
      : await look(known)
  if (first.status === 'already_downloaded') return { status: 'already-downloaded', raw: first }
  const jobId = readDownload(first).jobId ?? known
  if (jobId === undefined) throw new InvalidResponseError('The answer names no download to watch.', { endpoint })
  try {
    const last = await watchDownload({ transport, jobId, first, look, onProgress, signal: options.signal })
    return compact({ status: 'completed' as const, jobId, totalBytes: readDownload(last).totalBytes, raw: last })
  } catch (error) {
    const isOver = ApiError.isInstance(error) && /^(download-failed|job-not-found)$/.test(error.code)
    if (!isOver) {
      transport.config.log?.({
        level: 'info',
        type: 'lifecycle',
        message: `Nobody waits for download ${jobId} any more; it goes on in LM Studio. Its \`jobId\` takes up the watch.`,
        jobId,
      })
    }
    throwIfAborted(options.signal)
    throw error
  }
}

/** What is not in the catalogue is not among the models on the disk either: the usual hint would mislead. */
function explainName(error: unknown): never {
  if (!ModelNotFoundError.isInstance(error)) throw error
  const hint = 'Check the name in LM Studio (Discover), or give a https://huggingface.co/… link.'
  throw new ModelNotFoundError(error.message, { ...error, cause: error.cause, hint })
}
