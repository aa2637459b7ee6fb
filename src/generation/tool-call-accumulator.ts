import * as v from 'valibot'
import { TextBuffer } from '../streaming/text-buffer.js'
import type { ToolCall } from '../types.js'
import { parseJSON } from '../utils/json.js'
import { count, text, toolArguments, type Wire } from '../validation/schema.js'
import type { CompletionEvent } from './types.js'

export const toolCallDeltaSchema = /* @__PURE__ */ v.looseObject({
  index: count,
  id: text,
  function: /* @__PURE__ */ v.nullish(/* @__PURE__ */ v.looseObject({ name: text, arguments: toolArguments })),
})

/** A tool call, or a fragment of one. */
export type WireToolCall = Wire<typeof toolCallDeltaSchema>

export type ToolCallDeltaEvent = Extract<CompletionEvent, { readonly type: 'tool-call-start' | 'tool-call-delta' }>

/** A tool call that is still arriving. */
interface PendingCall {
  /** Position among all calls, also those without a name. */
  readonly order: number
  /** The server's id; empty while it has sent none. */
  wireId: string
  name: string
  /** Position in the response; set together with `id` when the name arrives. */
  index: number
  id: string
  arguments: TextBuffer
  /** Whether the last fragment of the arguments ends with a brace. */
  endsWithBrace: boolean
}

/**
 * Assembles the fragments of tool calls under every quirk of docs/http-api.md 9.4: fragments belong together by index,
 * else by id, else by position; a fragment without an id continues a call; a name may arrive late or repeatedly; several
 * calls may share one index or id.
 */
export class ToolCallAccumulator {
  readonly #pending: PendingCall[] = []
  /** The calls that have a name, in the order in which they got it. */
  readonly #calls: PendingCall[] = []
  // Without these, 100,000 calls would search all calls before them.
  readonly #latestByIndex = new Map<number, PendingCall>()
  readonly #latestByWireId = new Map<string, PendingCall>()
  readonly #takenIds = new Set<string>()
  #latest: PendingCall | undefined

  get isEmpty(): boolean {
    return this.#calls.length === 0
  }

  /** Adds the fragments of one chunk and returns their events. */
  push(fragments: readonly WireToolCall[]): ToolCallDeltaEvent[] {
    return fragments.flatMap((fragment, position) => this.#add(fragment, fragments.length > 1 ? position : undefined))
  }

  /** Returns the calls that got a name. */
  finish(): ToolCall[] {
    return this.#calls.map(toToolCall)
  }

  #add(fragment: WireToolCall, position: number | undefined): ToolCallDeltaEvent[] {
    const wireIndex = fragment.index ?? undefined
    const id = fragment.id ?? ''
    const name = fragment.function?.name ?? ''
    const received = fragment.function?.arguments ?? ''
    const isWhole = typeof received !== 'string'
    const delta = isWhole ? JSON.stringify(received) : received

    const candidate = this.#find(wireIndex, id, position)
    const call =
      candidate !== undefined && isContinuation(candidate, id, name, delta) ? candidate : this.#create(wireIndex)
    this.#latest = call
    if (call.wireId === '' && id !== '') this.#setWireId(call, id)

    const events: ToolCallDeltaEvent[] = []
    const isNamed = call.name !== ''
    if (!isNamed && name !== '') {
      this.#name(call, name)
      events.push({ type: 'tool-call-start', index: call.index, id: call.id, name })
    }
    // Fragments that arrived before the name are emitted together with it.
    const heldBack = isNamed || name === '' ? '' : call.arguments.toString()
    // An object is the complete arguments, not a fragment of them.
    if (isWhole) call.arguments = new TextBuffer()
    call.arguments.append(delta)
    if (delta !== '') call.endsWithBrace = delta.trimEnd().endsWith('}')
    const argumentsDelta = heldBack + delta
    if (call.name !== '' && argumentsDelta !== '') {
      events.push({ type: 'tool-call-delta', index: call.index, id: call.id, argumentsDelta })
    }
    return events
  }

  /** Finds the call to which a fragment most likely belongs. */
  #find(wireIndex: number | undefined, id: string, position: number | undefined): PendingCall | undefined {
    if (wireIndex !== undefined) return this.#latestByIndex.get(wireIndex)
    const atPosition = position === undefined ? this.#latest : this.#pending[position]
    if (id === '') return atPosition
    return (
      this.#latestByWireId.get(id) ?? (atPosition?.wireId === '' && atPosition.name === '' ? atPosition : undefined)
    )
  }

  #create(wireIndex: number | undefined): PendingCall {
    const call = {
      order: this.#pending.length,
      wireId: '',
      name: '',
      index: -1,
      id: '',
      arguments: new TextBuffer(),
      endsWithBrace: false,
    }
    this.#pending.push(call)
    if (wireIndex !== undefined) this.#latestByIndex.set(wireIndex, call)
    return call
  }

  #setWireId(call: PendingCall, id: string): void {
    call.wireId = id
    const latest = this.#latestByWireId.get(id)
    if (latest === undefined || latest.order < call.order) this.#latestByWireId.set(id, call)
  }

  #name(call: PendingCall, name: string): void {
    call.name = name
    call.index = this.#calls.length
    call.id = call.wireId
    for (let number = call.index + 1; call.id === '' || this.#takenIds.has(call.id); number++)
      call.id = `call_${number}`
    this.#takenIds.add(call.id)
    this.#calls.push(call)
  }
}

/** Whether a fragment can continue this call rather than begin another. */
function isContinuation(call: PendingCall, id: string, name: string, delta: string): boolean {
  if (id !== '' && call.wireId !== '' && id !== call.wireId && name !== '') return false
  if (name === '' || call.name === '') return true
  // The name may be repeated on every fragment; after a complete object nothing of the same call can follow.
  return name === call.name && (delta.trim() === '' || !hasCompleteArguments(call))
}

// Only a fragment that ends an object can complete one, so the whole is not parsed again for every fragment.
const hasCompleteArguments = (call: PendingCall): boolean =>
  call.endsWithBrace && parseJSON(call.arguments.toString()) !== undefined

function toToolCall({ id, name, arguments: collected }: PendingCall): ToolCall {
  const rawArguments = collected.toString().trim() || '{}'
  return { id, name, arguments: parseJSON(rawArguments), rawArguments }
}
