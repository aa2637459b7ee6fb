import * as v from 'valibot'
import { count, text } from './fields.js'

type Nullish<T> = T | null | undefined

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
