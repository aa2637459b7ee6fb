import * as v from 'valibot'
import { compact } from '../utils/json.js'
import { type Nullish, count, text } from '../validation/schema.js'
import { fromWireConfig } from './load-config.js'
import type { DownloadProgress, LoadedModel, ModelInfo, ModelInstance, ModelType } from './types.js'

/** The settings of a load, in the request, in its echo and in the list of models. */
export interface WireLoadConfig {
  readonly context_length?: Nullish<number>
  readonly eval_batch_size?: Nullish<number>
  readonly flash_attention?: Nullish<boolean>
  readonly num_experts?: Nullish<number>
  readonly offload_kv_cache_to_gpu?: Nullish<boolean>
}

/** Answer to `POST /api/v1/models/load`. */
export interface WireLoaded {
  readonly instance_id: string
  readonly type?: Nullish<string>
  readonly load_time_seconds?: Nullish<number>
  readonly load_config?: Nullish<Readonly<Record<string, unknown>>>
}

/** Answer to `POST /api/v1/models/download` and `GET /api/v1/models/download/status/{job_id}`. */
export interface WireDownload {
  readonly status: string
  readonly job_id?: Nullish<string>
  readonly total_size_bytes?: Nullish<number>
  readonly downloaded_bytes?: Nullish<number>
  readonly bytes_per_second?: Nullish<number>
  readonly estimated_completion?: Nullish<string>
}

export const loadedSchema: v.GenericSchema<unknown, WireLoaded> = v.looseObject({
  instance_id: v.string(),
  type: text,
  load_time_seconds: count,
  load_config: v.nullish(v.looseObject({})),
})

export const downloadSchema: v.GenericSchema<unknown, WireDownload> = v.looseObject({
  status: v.string(),
  job_id: text,
  total_size_bytes: count,
  downloaded_bytes: count,
  bytes_per_second: count,
  estimated_completion: text,
})

/** An instance that a load has made. The list knows more of the type: it tells models that see. */
export function fromLoaded(wire: WireLoaded, listed: ModelType | undefined): LoadedModel {
  const seconds = wire.load_time_seconds ?? undefined
  const type = wire.type === 'llm' || wire.type === 'embedding' ? wire.type : 'unknown'
  return compact({
    instanceId: wire.instance_id,
    type: listed ?? type,
    wasLoaded: false,
    loadTimeMs: seconds && Math.round(seconds * 1000),
    config: fromWireConfig(wire.load_config),
    raw: wire,
  })
}

/** An instance that was there. */
export function fromInstance({ id, config }: ModelInstance, { type }: ModelInfo): LoadedModel {
  return { instanceId: id, type, wasLoaded: true, config: fromWireConfig(config), raw: { id, config } }
}

/** How much there was, and when. */
export interface Look {
  readonly bytes: number | undefined
  /** On the clock of `performance.now()`. */
  readonly at: number
}

/** How far a download is. `before` is the look that came before `now`, for a speed the server does not tell. */
export function toProgress(wire: WireDownload, jobId: string, before: Look | undefined, now: Look): DownloadProgress {
  const { bytes, totalBytes, speed } = readDownload(wire)
  const status = wire.status === 'completed' || wire.status === 'paused' ? wire.status : 'downloading'
  const downloadedBytes = bytes ?? (status === 'completed' ? totalBytes : undefined)
  const bytesPerSecond = status === 'downloading' ? (speed ?? measure(before, now)) : undefined
  const left = totalBytes === undefined || downloadedBytes === undefined ? undefined : totalBytes - downloadedBytes
  // By the speed, because the server's clock may not be ours; its own estimate where there is no speed.
  const estimate = wire.estimated_completion == null ? undefined : Date.parse(wire.estimated_completion) - Date.now()
  const etaMs = bytesPerSecond && left !== undefined ? (left / bytesPerSecond) * 1000 : estimate
  return compact({
    jobId,
    status,
    downloadedBytes,
    totalBytes,
    bytesPerSecond,
    etaMs:
      status === 'downloading' && etaMs !== undefined && Number.isFinite(etaMs)
        ? Math.max(0, Math.round(etaMs))
        : undefined,
  })
}

function measure(before: Look | undefined, now: Look): number | undefined {
  if (before?.bytes === undefined || now.bytes === undefined || now.at <= before.at) return undefined
  return Math.max(0, Math.round((now.bytes - before.bytes) / ((now.at - before.at) / 1000)))
}

/** What the server calls a download, and how much of it there is. */
export const readDownload = (
  wire: WireDownload,
): {
  readonly jobId: string | undefined
  readonly bytes: number | undefined
  readonly totalBytes: number | undefined
  readonly speed: number | undefined
} => ({
  jobId: wire.job_id || undefined,
  bytes: wire.downloaded_bytes ?? undefined,
  totalBytes: wire.total_size_bytes ?? undefined,
  speed: wire.bytes_per_second ?? undefined,
})
