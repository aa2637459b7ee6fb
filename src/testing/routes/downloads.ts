import type { Exchange } from '../exchange.js'
import { hash, hexId } from '../generate/random.js'
import { asObject, asString } from '../json-values.js'
import { throwNativeError, throwNotFound } from '../replies/errors.js'
import { type WireResponse, jsonResponse } from '../replies/wire-response.js'
import { checkNativeBody } from '../requests/native-checks.js'
import { type DownloadJob, completeModel, nextNumber } from '../state.js'
import { decodeSegment } from '../decode-segment.js'

/** How many status requests a job takes; each one downloads a quarter, so that no test waits for a clock. */
const POLLS = 4
const BYTES_PER_SECOND = 41_200_000

const iso = (time: number): string => new Date(time).toISOString()

/** Returns the id of a downloaded model: a catalog id unchanged, a Hugging Face link by its path. */
const downloadedId = (model: string): string => model.replace(/^https:\/\/huggingface\.co\//u, '')

function outcomeOf(exchange: Exchange): DownloadJob['outcome'] {
  if (exchange.fault?.name === 'download-failed') return 'failed'
  return exchange.fault?.name === 'download-paused' ? 'paused' : 'completed'
}

/** `POST /api/v1/models/download` */
export function downloadModel(exchange: Exchange): WireResponse {
  const body = asObject(exchange.body)
  checkNativeBody(body, { model: 'string', quantization: 'string' })
  const name = asString(body.model)
  if (name === '') throwNativeError("'model' is required", 'invalid_type', 'model')
  const isLink = name.startsWith('https://huggingface.co/')
  if (!isLink && body.quantization !== undefined) {
    throwNativeError("'quantization' is only supported for Hugging Face links", 'invalid_value', 'quantization')
  }
  const model = downloadedId(name)
  const { state, settings } = exchange
  if (state.models.has(model)) return jsonResponse({ status: 'already_downloaded' })
  const job: DownloadJob = {
    id: `job_${hexId(`${model} ${nextNumber(state)}`, 10)}`,
    model,
    sizeBytes: 1_000_000_000 + (hash(model) % 4_000_000_000),
    startedAt: settings.now(),
    polls: 0,
    outcome: outcomeOf(exchange),
    errorMessage: asString(exchange.fault?.parameters.message) || undefined,
  }
  state.jobs.set(job.id, job)
  return jsonResponse({
    job_id: job.id,
    status: 'downloading',
    total_size_bytes: job.sizeBytes,
    started_at: iso(job.startedAt),
  })
}

/** `GET /api/v1/models/download/status/{job_id}` */
export function downloadStatus(exchange: Exchange): WireResponse {
  const id = decodeSegment(exchange.path.slice('/api/v1/models/download/status/'.length))
  const { state, settings } = exchange
  const job = state.jobs.get(id) ?? throwNotFound('job_not_found', `Download job "${id}" not found.`, 'job_id')
  job.polls += 1
  const isStuck = job.outcome !== 'completed' && job.polls >= POLLS / 2
  const progress = Math.min(isStuck ? POLLS / 2 : job.polls, POLLS) / POLLS
  const downloaded = Math.floor(job.sizeBytes * progress)
  const common = {
    total_size_bytes: job.sizeBytes,
    downloaded_bytes: downloaded,
    started_at: iso(job.startedAt),
  }
  if (isStuck) {
    const reason = job.errorMessage === undefined ? {} : { error_message: job.errorMessage }
    return jsonResponse({ job_id: id, status: job.outcome, ...common, ...reason })
  }
  if (progress === 1) {
    if (!state.models.has(job.model)) {
      state.models.set(job.model, completeModel({ id: job.model, sizeBytes: job.sizeBytes }))
    }
    return jsonResponse({ job_id: id, status: 'completed', ...common, completed_at: iso(settings.now()) })
  }
  const secondsLeft = (job.sizeBytes - downloaded) / BYTES_PER_SECOND
  return jsonResponse({
    job_id: id,
    status: 'downloading',
    bytes_per_second: BYTES_PER_SECOND,
    estimated_completion: iso(settings.now() + Math.round(secondsLeft * 1000)),
    ...common,
  })
}
