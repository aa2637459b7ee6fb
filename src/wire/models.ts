import * as v from 'valibot'
import { count, text } from './fields.js'
import type { WireModelOpenAI, WireModelV0, WireModelV1 } from './types.js'

const modelV1Schema: v.GenericSchema<unknown, WireModelV1> = v.looseObject({
  key: v.string(),
  type: v.string(),
  publisher: text,
  display_name: text,
  architecture: text,
  quantization: v.nullish(v.looseObject({ name: text })),
  size_bytes: count,
  params_string: text,
  loaded_instances: v.nullish(
    v.array(v.looseObject({ id: v.string(), config: v.nullish(v.looseObject({ context_length: count })) })),
  ),
  max_context_length: count,
  format: text,
  capabilities: v.nullish(
    v.looseObject({
      vision: v.nullish(v.boolean()),
      trained_for_tool_use: v.nullish(v.boolean()),
      reasoning: v.nullish(v.looseObject({ allowed_options: v.nullish(v.array(v.string())), default: text })),
    }),
  ),
  variants: v.nullish(v.array(v.string())),
})

const modelV0Schema: v.GenericSchema<unknown, WireModelV0> = v.looseObject({
  id: v.string(),
  type: v.string(),
  publisher: text,
  arch: text,
  compatibility_type: text,
  quantization: text,
  state: text,
  max_context_length: count,
  loaded_context_length: count,
  capabilities: v.nullish(v.array(v.string())),
})

const modelOpenAISchema: v.GenericSchema<unknown, WireModelOpenAI> = v.looseObject({ id: v.string() })

export const modelsV1Schema: v.GenericSchema<unknown, { models: WireModelV1[] }> = v.looseObject({
  models: v.array(modelV1Schema),
})
export const modelsV0Schema: v.GenericSchema<unknown, { data: WireModelV0[] }> = v.looseObject({
  data: v.array(modelV0Schema),
})
export const modelsOpenAISchema: v.GenericSchema<unknown, { data: WireModelOpenAI[] }> = v.looseObject({
  data: v.array(modelOpenAISchema),
})
