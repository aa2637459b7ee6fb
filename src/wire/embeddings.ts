import * as v from 'valibot'
import { usageSchema } from './chat-completions.js'
import type { WireEmbeddings } from './types.js'

/** Body of `POST /v1/embeddings`. */
export const embeddingsSchema: v.GenericSchema<unknown, WireEmbeddings> = v.looseObject({
  model: v.nullish(v.string()),
  data: v.array(v.looseObject({ index: v.nullish(v.number()), embedding: v.array(v.number()) })),
  usage: v.nullish(usageSchema),
})
