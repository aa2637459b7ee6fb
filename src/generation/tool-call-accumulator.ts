import { TextBuffer } from '../streaming/text-buffer.js'
import type { ToolCall } from '../types.js'
import { parseJSON } from '../utils/json.js'
import type { Nullish } from '../validation/schema.js'
import type { CompletionEvent } from './types.js'

/** The events that tell a call as it comes. */
type CallEvent = Extract<CompletionEvent, { readonly type: 'tool-call-start' | 'tool-call-delta' }>

interface Draft {
  /** The server's index; `undefined` when it sent none. */
  readonly wireIndex: number | undefined
  /** The server's id; empty while it has sent none. */
  wireId: string
  name: string
  /** Position in the answer and id, both settled when the name comes. */
  index: number
  id: string
  arguments: TextBuffer
  /** Whether the last piece of the arguments ends with a brace. */
  endsObject: boolean
}

/**
 * Puts the fragments of tool calls together under every quirk of wire reference 9.4: fragments belong together by
 * index, else by id, else by position; a fragment without an id continues a call; a name may come late or again; several
 * calls may come under one index or id.
 */
export class ToolCallAccumulator {
  readonly #drafts: Draft[] = []
  /** Those that have a name, in the order in which they got it. */
  readonly #calls: Draft[] = []
  #latest: Draft | undefined

  get isEmpty(): boolean {
    return this.#calls.length === 0
  }

  /** Takes the fragments of one chunk; returns what they tell a consumer. */
  push(fragments: readonly WireToolCall[]): CallEvent[] {
    return fragments.flatMap((fragment, position) => this.#add(fragment, fragments.length > 1 ? position : undefined))
  }

  /** The finished calls: those that got a name. */
  finish(): ToolCall[] {
    return this.#calls.map(toToolCall)
  }

  #add(fragment: WireToolCall, position: number | undefined): CallEvent[] {
    const wireIndex = fragment.index ?? undefined
    const id = fragment.id ?? ''
    const name = fragment.function?.name ?? ''
    const received = fragment.function?.arguments ?? ''
    const isWhole = typeof received !== 'string'
    const text = isWhole ? JSON.stringify(received) : received

    const candidate = this.#find(wireIndex, id, position)
    const draft = candidate !== undefined && continues(candidate, id, name, text) ? candidate : this.#create(wireIndex)
    this.#latest = draft
    if (draft.wireId === '') draft.wireId = id

    const events: CallEvent[] = []
    const isNamed = draft.name !== ''
    if (!isNamed && name !== '') {
      this.#name(draft, name)
      events.push({ type: 'tool-call-start', index: draft.index, id: draft.id, name })
    }
    // Fragments that came before the name are told with it.
    const untold = isNamed || name === '' ? '' : draft.arguments.toString()
    // An object is all of the arguments, not a piece of them.
    if (isWhole) draft.arguments = new TextBuffer()
    draft.arguments.append(text)
    if (text !== '') draft.endsObject = text.trimEnd().endsWith('}')
    const argumentsDelta = untold + text
    if (draft.name !== '' && argumentsDelta !== '') {
      events.push({ type: 'tool-call-delta', index: draft.index, id: draft.id, argumentsDelta })
    }
    return events
  }

  /** The call a fragment most likely belongs to. */
  #find(wireIndex: number | undefined, id: string, position: number | undefined): Draft | undefined {
    const drafts = this.#drafts
    if (wireIndex !== undefined) return drafts.findLast((draft) => draft.wireIndex === wireIndex)
    const placed = position === undefined ? this.#latest : drafts[position]
    if (id === '') return placed
    return (
      drafts.findLast((draft) => draft.wireId === id) ??
      (placed?.wireId === '' && placed.name === '' ? placed : undefined)
    )
  }

  #create(wireIndex: number | undefined): Draft {
    const draft = {
      wireIndex,
      wireId: '',
      name: '',
      index: -1,
      id: '',
      arguments: new TextBuffer(),
      endsObject: false,
    }
    this.#drafts.push(draft)
    return draft
  }

  #name(draft: Draft, name: string): void {
    const isTaken = (id: string): boolean => this.#calls.some((call) => call.id === id)
    draft.name = name
    draft.index = this.#calls.length
    draft.id = draft.wireId
    for (let count = draft.index + 1; draft.id === '' || isTaken(draft.id); count++) draft.id = `call_${count}`
    this.#calls.push(draft)
  }
}

/** Whether a fragment can be more of this call, and not the beginning of another. */
function continues(draft: Draft, id: string, name: string, text: string): boolean {
  if (id !== '' && draft.wireId !== '' && id !== draft.wireId && name !== '') return false
  if (name === '' || draft.name === '') return true
  // The name may be repeated on every fragment; after a whole object nothing of the same call can come.
  return name === draft.name && (text.trim() === '' || !isComplete(draft))
}

// Only a piece that ends an object can complete one: the whole is not parsed again for every fragment.
const isComplete = (draft: Draft): boolean => draft.endsObject && parseJSON(draft.arguments.toString()) !== undefined

function toToolCall({ id, name, arguments: collected }: Draft): ToolCall {
  const rawArguments = collected.toString().trim() || '{}'
  return { id, name, arguments: parseJSON(rawArguments), rawArguments }
}

export interface WireToolCall {
  readonly index?: Nullish<number>
  readonly id?: Nullish<string>
  readonly function?: Nullish<{
    readonly name?: Nullish<string>
    readonly arguments?: Nullish<string | { readonly [key: string]: unknown }>
  }>
}
