import * as v from 'valibot'
import type { CallOptions } from '../config/options.js'
import { checkCallOptions } from '../config/resolve-config.js'
import { ROUTES } from '../config/routes.js'
import { ApiError, InvalidResponseError, ModelNotFoundError } from '../errors/errors.js'
import { serialize } from '../http/serialize.js'
import type { RequestSpec } from '../http/request-spec.js'
import type { Client } from '../http/types.js'
import { throwIfAborted } from '../utils/abort.js'
import { compact } from '../utils/json.js'
import { callOptionEntriesOfSettings } from '../config/call-options.js'
import { name, optional } from '../validation/schema.js'
import { parseResponse, validateRequest } from '../validation/validate.js'
import { type WireDownload, downloadSchema, readDownload } from './load-response.js'
import { modelCatalog } from './model-catalog.js'
import type { DownloadOptions, DownloadResult } from './types.js'
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
  client: Client,
  model: string,
  settings: DownloadOptions = {},
  options: CallOptions = {},
): Promise<DownloadResult> {
  checkCallOptions(options)
  validateRequest(schema, { model })
  validateRequest(optionsSchema, settings)
  const { quantization, jobId: known, onProgress } = settings
  const { endpoint, timeout } = client.config
  const models = modelCatalog(client)

  async function ask(spec: RequestSpec): Promise<WireDownload> {
    // An answer comes at once, whatever the size of the model.
    const answer = await client.requestJSON(spec, { timeout, ...compact(options) })
    const wire = parseResponse(downloadSchema, answer.body, 'The answer', { endpoint })
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
          body: serialize(compact({ model, quantization })),
          kind: 'change',
        }).catch(explainName)
      : await look(known)
  if (first.status === 'already_downloaded') return { status: 'already-downloaded', raw: first }
  const jobId = readDownload(first).jobId ?? known
  if (jobId === undefined) throw new InvalidResponseError('The answer names no download to watch.', { endpoint })
  try {
    const last = await watchDownload({ client, jobId, first, look, onProgress, signal: options.signal })
    return compact({ status: 'completed' as const, jobId, totalBytes: readDownload(last).totalBytes, raw: last })
  } catch (error) {
    const isOver = ApiError.isInstance(error) && /^(download-failed|job-not-found)$/.test(error.code)
    if (!isOver) {
      client.config.log?.({
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
