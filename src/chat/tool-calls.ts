import type { CompletionEvent } from '../types/completion.js'
import type { ToolCall } from '../types/messages.js'
import { parseJSON } from '../utils/json.js'
import { TextAccumulator } from '../utils/text-accumulator.js'
import type { WireToolCall } from '../wire/types.js'

interface Draft {
  /** Position in the answer. */
  readonly index: number
  /** The server's index; `undefined` when it sent none. */
  readonly wireIndex: number | undefined
  id: string
  name: string
  arguments: TextAccumulator
  /** Whether the last piece of the arguments ends with a brace. */
  endsObject: boolean
  /** Whether the id is the server's own. */
  hasOwnId: boolean
}

/**
 * Puts the fragments of tool calls together under every quirk of wire reference 9.4: fragments belong together by
 * index, else by id, else by position; a fragment without an id continues a call; a name may come late or again.
 */
export class ToolCallAssembler {
  readonly #drafts: Draft[] = []

  get isEmpty(): boolean {
    return this.#drafts.every((draft) => draft.name === '')
  }

  /** Takes the fragments of one chunk; returns what they tell a consumer. */
  push(fragments: readonly WireToolCall[]): CompletionEvent[] {
    return fragments.flatMap((fragment, position) => this.#add(fragment, position))
  }

  /** The finished calls: those that got a name. */
  finish(): ToolCall[] {
    return this.#drafts.filter((draft) => draft.name !== '').map(toToolCall)
  }

  #add(fragment: WireToolCall, position: number): CompletionEvent[] {
    const id = fragment.id ?? ''
    const name = fragment.function?.name ?? ''
    const draft =
      this.#find(fragment.index ?? undefined, id, name, position) ?? this.#create(fragment.index ?? undefined)
    if (id !== '' && !draft.hasOwnId && draft.name === '') {
      draft.id = id
      draft.hasOwnId = true
    }
    const received = fragment.function?.arguments ?? ''
    const isWhole = typeof received !== 'string'
    const text = isWhole ? JSON.stringify(received) : received
    const { index } = draft
    const events: CompletionEvent[] = []
    const hadName = draft.name !== ''
    if (!hadName && name !== '') {
      draft.name = name
      events.push({ type: 'tool-call-start', index, id: draft.id, name })
    }
    // Fragments that came before the name are told with it.
    const untold = hadName || name === '' ? '' : draft.arguments.toString()
    // An object is all of the arguments, not a piece of them.
    if (isWhole) draft.arguments = new TextAccumulator()
    draft.arguments.append(text)
    if (text !== '') draft.endsObject = text.trimEnd().endsWith('}')
    const delta = untold + text
    if (draft.name !== '' && delta !== '')
      events.push({ type: 'tool-call-delta', index, id: draft.id, argumentsDelta: delta })
    return events
  }

  #find(wireIndex: number | undefined, id: string, name: string, position: number): Draft | undefined {
    const drafts = this.#drafts
    if (wireIndex !== undefined) {
      // Servers exist that give every parallel call the index 0: another id with another name is another call.
      const found = drafts.findLast((draft) => draft.wireIndex === wireIndex)
      const isOther = found !== undefined && found.hasOwnId && id !== '' && name !== '' && found.id !== id
      return isOther ? undefined : found
    }
    const known = id === '' ? undefined : drafts.find((draft) => draft.hasOwnId && draft.id === id)
    if (known !== undefined) return known
    // A new id begins a call. Without one, a name begins a call only after the last one's arguments are complete.
    if (id !== '') return drafts.find((draft) => draft.name === '' && !draft.hasOwnId)
    if (name === '') return drafts[position] ?? drafts.at(-1)
    const candidate = drafts[position]
    return candidate !== undefined && (candidate.name === '' || !isComplete(candidate)) ? candidate : undefined
  }

  #create(wireIndex: number | undefined): Draft {
    const index = this.#drafts.length
    const draft: Draft = {
      index,
      wireIndex,
      id: `call_${index + 1}`,
      name: '',
      arguments: new TextAccumulator(),
      endsObject: false,
      hasOwnId: false,
    }
    this.#drafts.push(draft)
    return draft
  }
}

// Only a piece that ends an object can complete one: the whole is not parsed again for every fragment.
const isComplete = (draft: Draft): boolean => draft.endsObject && parseJSON(draft.arguments.toString()) !== undefined

function toToolCall({ id, name, arguments: collected }: Draft): ToolCall {
  const rawArguments = collected.toString().trim() || '{}'
  return { id, name, arguments: parseJSON(rawArguments), rawArguments }
}
