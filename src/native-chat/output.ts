import * as v from 'valibot'
import type { JSONObject } from '../utils/json.js'
import { once } from '../utils/once.js'
import { text, type Wire } from '../validation/schema.js'
import type { ChatOutputItem, InvalidToolCall, ServerToolCall, ToolSource } from './types.js'

// Every field is optional and unknown fields pass: only a wrong type in a field that is read is an error.
const anything = /* @__PURE__ */ v.optional(/* @__PURE__ */ v.unknown())

const toolSourceSchema = /* @__PURE__ */ v.looseObject({ type: text, plugin_id: text, server_label: text })

export const textSchema = /* @__PURE__ */ v.looseObject({ content: text })

export const toolCallSchema = /* @__PURE__ */ v.looseObject({
  tool: text,
  arguments: anything,
  output: anything,
  provider_info: /* @__PURE__ */ v.nullish(toolSourceSchema),
})

export const invalidToolCallSchema = /* @__PURE__ */ v.looseObject({
  reason: text,
  metadata: /* @__PURE__ */ v.nullish(
    /* @__PURE__ */ v.looseObject({
      type: text,
      tool_name: text,
      arguments: anything,
      provider_info: /* @__PURE__ */ v.nullish(toolSourceSchema),
    }),
  ),
})

type WireToolSource = Wire<typeof toolSourceSchema>
type WireText = Wire<typeof textSchema>
export type WireToolCall = Wire<typeof toolCallSchema>
export type WireInvalidToolCall = Wire<typeof invalidToolCallSchema>

/** An item of the output, with the fields of every type of item. */
export type WireOutputItem = { readonly type: string } & WireText & WireToolCall & WireInvalidToolCall

/** An item of the output. The fields that are not read for its type may be anything. */
export const outputItemSchema = /* @__PURE__ */ once(() => {
  const schemas = new Map<unknown, v.GenericSchema>([
    ['message', textSchema],
    ['reasoning', textSchema],
    ['tool_call', toolCallSchema],
    ['invalid_tool_call', invalidToolCallSchema],
  ])
  const other = v.looseObject({ type: v.string() })
  return v.lazy(
    (item) => (schemas.get((item as JSONObject | null)?.type) ?? other) as v.GenericSchema<unknown, WireOutputItem>,
  )
})

/** Maps an item of the output; an item of an unknown type is passed through. */
export function toOutputItem(item: WireOutputItem): ChatOutputItem {
  switch (item.type) {
    case 'message':
    case 'reasoning':
      return { type: item.type, text: item.content ?? '' }
    case 'tool_call':
      return { type: 'tool-call', ...toServerToolCall(item) }
    case 'invalid_tool_call':
      return { type: 'invalid-tool-call', ...toInvalidToolCall(item) }
    default:
      return { type: 'unknown', name: item.type, data: item }
  }
}

export function toServerToolCall(call: WireToolCall): ServerToolCall {
  const { output } = call
  return {
    ...toNameAndSource(call),
    arguments: call.arguments,
    output: typeof output === 'string' ? output : output === undefined ? '' : JSON.stringify(output),
  }
}

export function toInvalidToolCall({ reason, metadata }: WireInvalidToolCall): InvalidToolCall {
  const { type, tool_name: name, arguments: received, provider_info: source } = metadata ?? {}
  return {
    reason: reason ?? '',
    kind: type === 'invalid_name' ? 'invalid-name' : type === 'invalid_arguments' ? 'invalid-arguments' : 'other',
    name: name ?? undefined,
    ...(received === undefined ? {} : { arguments: received }),
    ...toSource(source),
  }
}

export const toNameAndSource = ({
  tool,
  provider_info: source,
}: WireToolCall): { name: string; source?: ToolSource } => ({
  name: tool ?? '',
  ...toSource(source),
})

function toSource(source: WireToolSource | null | undefined): { source?: ToolSource } {
  if (!source) return {}
  const { type, plugin_id: id, server_label: serverLabel } = source
  if (type === 'plugin') return { source: { type, id: id ?? '' } }
  if (type === 'ephemeral_mcp') return { source: { type: 'ephemeral-mcp', serverLabel: serverLabel ?? '' } }
  return { source: { type: 'unknown', data: source } }
}
