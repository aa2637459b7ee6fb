import { decodeSegment } from './decode-segment.js'
import type { Exchange } from './exchange.js'
import { hash, hexId } from './generate/random.js'
import { asObject, asString } from './json-values.js'
import { refuseNative, refuseNativeType, refuseUnknownKeys } from './refuse-native.js'
import { type DownloadJob, completeModel, nextNumber } from './state.js'
import { type WireReply, json } from './wire-reply.js'

/** A job is done at this poll of its status; each before it finds a quarter more. */
const polls = 4
const bytesPerSecond = 41_200_000

const iso = (time: number): string => new Date(time).toISOString()

/** The name a download has on the disk: a catalogue id as it is, a Hugging Face link by its path. */
const diskName = (model: string): string => model.replace(/^https:\/\/huggingface\.co\//u, '')

function fate(exchange: Exchange): DownloadJob['fate'] {
  if (exchange.fault?.name === 'download-failed') return 'failed'
  return exchange.fault?.name === 'download-paused' ? 'paused' : 'completed'
}

/** `POST /api/v1/models/download` */
export function downloadModel(exchange: Exchange): WireReply {
  const body = asObject(exchange.body)
  refuseUnknownKeys(body, new Set(['model', 'quantization']))
  const asked = asString(body.model)
  if (asked === '') refuseNative("'model' is required", 'invalid_type', 'model')
  const isLink = asked.startsWith('https://huggingface.co/')
  if (!isLink && body.quantization !== undefined) {
    refuseNative("'quantization' is only supported for Hugging Face links", 'invalid_value', 'quantization')
  }
  const model = diskName(asked)
  const { state, settings } = exchange
  if (state.models.has(model)) return json({ status: 'already_downloaded' })
  const job: DownloadJob = {
    id: `job_${hexId(`${model} ${nextNumber(state)}`, 10)}`,
    model,
    sizeBytes: 1_000_000_000 + (hash(model) % 4_000_000_000),
    startedAt: settings.now(),
    polls: 0,
    fate: fate(exchange),
  }
  state.jobs.set(job.id, job)
  return json({
    job_id: job.id,
    status: 'downloading',
    total_size_bytes: job.sizeBytes,
    started_at: iso(job.startedAt),
  })
}

/** `GET /api/v1/models/download/status/{job_id}`: every poll finds a quarter more, so no test waits for a clock. */
export function downloadStatus(exchange: Exchange): WireReply {
  const id = decodeSegment(exchange.path.slice('/api/v1/models/download/status/'.length))
  const { state, settings } = exchange
  const job = state.jobs.get(id)
  if (job === undefined) return refuseNativeType('job_not_found', `Download job "${id}" not found.`, 'job_id', 404)
  job.polls += 1
  const isStuck = job.fate !== 'completed' && job.polls >= polls / 2
  const share = Math.min(isStuck ? polls / 2 : job.polls, polls) / polls
  const downloaded = Math.floor(job.sizeBytes * share)
  const known = {
    total_size_bytes: job.sizeBytes,
    downloaded_bytes: downloaded,
    started_at: iso(job.startedAt),
  }
  if (isStuck) return json({ job_id: id, status: job.fate, ...known })
  if (share === 1) {
    if (!state.models.has(job.model)) {
      state.models.set(job.model, completeModel({ id: job.model, sizeBytes: job.sizeBytes }))
    }
    return json({ job_id: id, status: 'completed', ...known, completed_at: iso(settings.now()) })
  }
  const secondsLeft = (job.sizeBytes - downloaded) / bytesPerSecond
  return json({
    job_id: id,
    status: 'downloading',
    bytes_per_second: bytesPerSecond,
    estimated_completion: iso(settings.now() + Math.round(secondsLeft * 1000)),
    ...known,
  })
}
