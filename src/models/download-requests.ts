import type { CallOptions } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import { parseErrorBody } from '../http/error-body.js'
import { failureReason, hasFailedStatus } from '../http/failure-body.js'
import type { RequestSpec } from '../http/request-spec.js'
import type { Client } from '../http/types.js'
import { throwIfAborted } from '../utils/abort.js'
import { compact } from '../utils/json.js'
import { parseResponse, serialize } from '../validation/validate.js'
import { downloadFailed, toStartFailure } from './download-failure.js'
import { type WireDownload, downloadSchema, readDownload } from './download-response.js'
import { modelCatalog } from './model-catalog.js'

/** A response about a download. */
export interface DownloadReply {
  readonly wire: WireDownload
  readonly raw: unknown
}

/** Requests the download of a model. */
export async function startDownload(
  client: Client,
  request: { readonly model: string; readonly quantization: string | undefined },
  options: CallOptions,
): Promise<DownloadReply> {
  const body = serialize(compact(request))
  try {
    return await send(client, { method: 'POST', route: ROUTES.downloadModel, body, kind: 'change' }, options)
  } catch (error) {
    throwIfAborted(options.signal)
    throw toStartFailure(error, client.config)
  }
}

/** Requests the status of a download. */
export function readStatus(client: Client, jobId: string, options: CallOptions): Promise<DownloadReply> {
  const route = `${ROUTES.downloadStatus}/${encodeURIComponent(jobId)}`
  return send(client, { method: 'GET', route, kind: 'read' }, options, jobId)
}

async function send(
  client: Client,
  spec: RequestSpec,
  options: CallOptions,
  knownJobId?: string,
): Promise<DownloadReply> {
  const { endpoint, timeout } = client.config
  // The server responds at once, whatever the size of the model, so `timeout` applies and not `generationTimeout`.
  const { body, context } = await client.requestJSON(spec, { timeout, ...compact(options) })
  const wire = parseResponse(downloadSchema(), body, 'The response', { endpoint })
  if (hasFailedStatus(wire)) {
    const { shown } = parseErrorBody({ error: failureReason(wire) }, context.scrub)
    throw downloadFailed(client.config, shown.message, readDownload(wire).jobId ?? knownJobId)
  }
  // Before `onProgress` is called, so that it finds the new model in the list.
  if (wire.status === 'completed' || wire.status === 'already_downloaded') await modelCatalog(client).invalidate()
  return { wire, raw: body }
}
