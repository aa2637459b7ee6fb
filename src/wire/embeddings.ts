import * as v from 'valibot'
import { usageSchema } from './chat-completions.js'
import { count, text } from './fields.js'
import type { WireEmbeddings } from './types.js'

// One look instead of a schema per number, and no copy: a batch is a hundred thousand of them.
const isVector = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(Number.isFinite)

/** Body of `POST /v1/embeddings`. */
export const embeddingsSchema: v.GenericSchema<unknown, WireEmbeddings> = v.looseObject({
  model: text,
  data: v.array(v.looseObject({ index: count, embedding: v.custom<number[]>(isVector) })),
  usage: v.nullish(usageSchema),
})
