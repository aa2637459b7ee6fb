import * as v from 'valibot'
import { readContent } from '../generation/message-content.js'
import type { JSONObject } from '../utils/json.js'
import { once } from '../utils/once.js'
import { tolerant, optionalText, type Wire } from '../validation/schema.js'
import type { ChatOutputItem, InvalidToolCall, ServerToolCall, ToolSource } from './types.js'

// Every field is optional, unknown fields pass, and a field of an unexpected type counts as missing.
const anything = /* @__PURE__ */ v.optional(/* @__PURE__ */ v.unknown())

const toolSourceSchema = /* @__PURE__ */ v.looseObject({
  type: optionalText,
  plugin_id: optionalText,
  server_label: optionalText,
})

/** A text, or parts of one, which some servers send instead. */
const contentSchema = /* @__PURE__ */ v.optional(
  /* @__PURE__ */ v.pipe(/* @__PURE__ */ v.unknown(), /* @__PURE__ */ v.transform(readContent)),
)

export const textSchema = /* @__PURE__ */ v.looseObject({ content: contentSchema })

export const toolCallSchema = /* @__PURE__ */ v.looseObject({
  tool: optionalText,
  arguments: anything,
  output: anything,
  provider_info: /* @__PURE__ */ tolerant(toolSourceSchema),
})

export const invalidToolCallSchema = /* @__PURE__ */ v.looseObject({
  reason: optionalText,
  metadata: /* @__PURE__ */ tolerant(
    /* @__PURE__ */ v.looseObject({
      type: optionalText,
      tool_name: optionalText,
      arguments: anything,
      provider_info: /* @__PURE__ */ tolerant(toolSourceSchema),
    }),
  ),
})

type WireToolSource = Wire<typeof toolSourceSchema>
type WireText = Wire<typeof textSchema>
export type WireToolCall = Wire<typeof toolCallSchema>
export type WireInvalidToolCall = Wire<typeof invalidToolCallSchema>

/** An item of the output, with the fields of every type of item. */
export type WireOutputItem = { readonly type?: string | undefined } & WireText & WireToolCall & WireInvalidToolCall

/** An item of the output. The fields that are not read for its type may be anything. */
export const outputItemSchema = /* @__PURE__ */ once(() => {
  const schemas = new Map<unknown, v.GenericSchema>([
    ['message', textSchema],
    ['reasoning', textSchema],
    ['tool_call', toolCallSchema],
    ['invalid_tool_call', invalidToolCallSchema],
  ])
  const other = v.looseObject({ type: optionalText })
  return v.lazy(
    (item) => (schemas.get((item as JSONObject | null)?.type) ?? other) as v.GenericSchema<unknown, WireOutputItem>,
  )
})

/** Whether an item has all fields of its type, so that the deltas of the stream cannot be more complete. */
export const isReadable = (item: WireOutputItem | undefined): item is WireOutputItem =>
  item?.type !== undefined && (!/^(message|reasoning)$/.test(item.type) || item.content !== undefined)

/**
 * Maps an item of the output; an item of an unknown type is passed through.
 *
 * @param data - the item as received
 */
export function toOutputItem(item: WireOutputItem, data: unknown): ChatOutputItem {
  switch (item.type) {
    case 'message':
    case 'reasoning':
      return { type: item.type, text: item.content ?? '' }
    case 'tool_call':
      return { type: 'tool-call', ...toServerToolCall(item) }
    case 'invalid_tool_call':
      return { type: 'invalid-tool-call', ...toInvalidToolCall(item) }
    default:
      return { type: 'unknown', name: item.type ?? '', data }
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
    name,
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

function toSource(source: WireToolSource | undefined): { source?: ToolSource } {
  if (!source) return {}
  const { type, plugin_id: id, server_label: serverLabel } = source
  if (type === 'plugin') return { source: { type, id: id ?? '' } }
  if (type === 'ephemeral_mcp') return { source: { type: 'ephemeral-mcp', serverLabel: serverLabel ?? '' } }
  return { source: { type: 'unknown', data: source } }
}
