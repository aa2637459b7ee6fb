import * as v from 'valibot'
import { usageSchema } from '../generation/usage.js'
import { isObject, type JSONObject } from '../utils/json.js'
import { once } from '../utils/once.js'
import {
  nullable,
  optionalCount,
  optionalText,
  textOr,
  tolerant,
  tolerantList,
  type Wire,
} from '../validation/schema.js'

// Unknown fields pass, and a field of an unexpected type counts as missing: one invalid field does not cost the response.

const partSchema = /* @__PURE__ */ once(() =>
  v.looseObject({ type: optionalText, text: optionalText, refusal: optionalText }),
)

/** The parts of an item; some servers send a text instead of a list, or as an entry of it. */
const partsSchema = /* @__PURE__ */ once(() => tolerant(textOr(tolerantList(textOr(partSchema())))))

/** JSON, or an object, which some servers send instead. */
const argumentsSchema = /* @__PURE__ */ once(() => tolerant(textOr(v.custom<JSONObject>(isObject))))

const itemSchema = /* @__PURE__ */ once(() =>
  v.looseObject({
    type: optionalText,
    id: optionalText,
    status: optionalText,
    content: partsSchema(),
    summary: partsSchema(),
    refusal: optionalText,
    call_id: optionalText,
    name: optionalText,
    arguments: argumentsSchema(),
  }),
)

/** Reads one item as a list of one, which is how some servers send it. */
const listOf = <S extends v.GenericSchema>(schema: S) =>
  v.pipe(
    v.unknown(),
    v.transform((output) => (isObject(output) ? [output] : output)),
    schema,
  )

export const envelopeSchema = /* @__PURE__ */ once(() =>
  v.looseObject({
    id: optionalText,
    model: optionalText,
    status: optionalText,
    incomplete_details: tolerant(v.looseObject({ reason: optionalText })),
    output: v.optional(listOf(tolerantList(itemSchema()))),
    output_text: optionalText,
    error: v.optional(v.unknown()),
    usage: nullable(usageSchema),
  }),
)

/** A complete response, which must have a list of items. */
export const responseSchema = /* @__PURE__ */ once(() =>
  v.looseObject({ ...envelopeSchema().entries, output: listOf(v.array(tolerant(itemSchema()))) }),
)

/** An event, whatever its name. */
export const eventSchema = /* @__PURE__ */ once(() =>
  v.looseObject({
    response: tolerant(envelopeSchema()),
    item: tolerant(itemSchema()),
    item_id: optionalText,
    output_index: optionalCount,
    content_index: optionalCount,
    summary_index: optionalCount,
    part: tolerant(partSchema()),
    text: optionalText,
    refusal: optionalText,
    name: optionalText,
    call_id: optionalText,
    arguments: argumentsSchema(),
  }),
)

/** One item of the output: `reasoning`, `message`, `function_call`, or a newer type. */
export type WireItem = Wire<ReturnType<typeof itemSchema>>
export type WireResponse = Wire<ReturnType<typeof envelopeSchema>>
export type WireEvent = Wire<ReturnType<typeof eventSchema>>
type WireParts = WireItem['content']

/** Which text of an item a part belongs to. */
export type Channel = 'text' | 'reasoning'

const CHANNELS: Readonly<Record<string, Channel>> = {
  output_text: 'text',
  refusal: 'text',
  reasoning_text: 'reasoning',
  summary_text: 'reasoning',
}

/** Returns the channel of a part; `undefined` for one that holds no text. A part of no type is what its item is. */
export const channelOf = (partType: string | undefined, itemType: string | undefined): Channel | undefined =>
  partType === undefined || partType === 'text' ? (itemType === 'reasoning' ? 'reasoning' : 'text') : CHANNELS[partType]

/** The complete texts of an item. */
export interface ItemText {
  readonly text: string
  readonly reasoning: string
  /** A summary of the reasoning, which is all that some servers send of it. */
  readonly summary: string
  readonly hasRefusal: boolean
}

export function readItemText({ type, content, summary, refusal }: WireItem): ItemText {
  const parts = toParts(content)
  const join = (channel: Channel): string =>
    parts.map((part) => (channelOf(part.type, type) === channel ? (part.text ?? part.refusal ?? '') : '')).join('')
  return {
    text: join('text') || (refusal ?? ''),
    reasoning: join('reasoning'),
    summary: toParts(summary)
      .map((part) => part.text ?? '')
      .join(''),
    hasRefusal: type === 'refusal' || refusal !== undefined || parts.some((part) => part.type === 'refusal'),
  }
}

const toParts = (
  parts: WireParts,
): readonly Exclude<NonNullable<Exclude<WireParts, string>>[number], string | undefined>[] =>
  typeof parts === 'string'
    ? [{ text: parts }]
    : (parts ?? []).flatMap((part) => (part === undefined ? [] : typeof part === 'string' ? [{ text: part }] : [part]))

/** Returns the type of an item; one that names none is what its content is. */
export function typeOf(item: WireItem): string {
  if (item.type !== undefined) return item.type === 'refusal' ? 'message' : item.type
  if (item.call_id && item.name) return 'function_call'
  const { text, reasoning, summary } = readItemText(item)
  return text !== '' ? 'message' : reasoning + summary === '' ? '' : 'reasoning'
}

/** Whether the status of a response is a failure. An incomplete response is a success with a reason. */
export const isFailed = ({ status, error }: WireResponse): boolean =>
  /^(failed|cancell?ed)$/.test(status ?? '') || isObject(error)

/** Whether the status of a response is that the server still works on it. */
export const isUnfinished = ({ status }: { readonly status?: unknown }): boolean =>
  status === 'in_progress' || status === 'queued'
