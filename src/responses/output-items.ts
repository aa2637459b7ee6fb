import { assertAtMost, MAX_OUTPUT_ITEMS } from '../generation/response-limits.js'
import { ArrivingText } from './arriving-text.js'

/** The types of items that this library maps. */
export const KNOWN_ITEMS: readonly string[] = ['message', 'reasoning', 'function_call']

/** What is known about one item of the output while it arrives. */
export interface ItemState {
  /** Unique within the response. */
  readonly number: number
  /** Empty while the server has named none. */
  type: string
  /** The server's id; empty while it has sent none. */
  id: string
  readonly index: number | undefined
  readonly text: ArrivingText
  readonly reasoning: ArrivingText
  readonly arguments: ArrivingText
  /** Whether the reasoning is the model's own or a summary: the first that arrives, since both have the same text. */
  reasoningSource: 'reasoning' | 'summary' | undefined
  /** Whether the server sent the complete item. */
  isEnded: boolean
  /** Which tool call of the response it is, once it has a name. */
  callIndex: number | undefined
}

/** Where an event or an item belongs; the server may leave out either field. */
export interface ItemReference {
  readonly id?: string | undefined
  readonly index?: number | undefined
}

/**
 * Recognizes items by their index and id, as far as these are given and agree. The end of a stream may leave items out,
 * reorder them or rename them, some servers send events with neither index nor id, and some give every item one index.
 */
export class OutputItems {
  readonly all: ItemState[] = []
  readonly #byIndex = new Map<number, ItemState>()
  readonly #byId = new Map<string, ItemState>()
  #latest: ItemState | undefined

  /** Returns the item of an event; `isNew` where the event begins an item. */
  find(type: string, { id = '', index }: ItemReference, isNew = false): ItemState {
    const item = this.#findKnown(type, { id, index }, isNew) ?? this.#create(type, id, index)
    if (item.id === '') item.id = id
    if (item.type === '') item.type = type
    if (id !== '') this.#byId.set(id, item)
    return (this.#latest = item)
  }

  /** Returns the state of each item of a complete response; no two items share one. */
  assign(items: readonly CompleteItem[]): ItemState[] {
    const assigned: (ItemState | undefined)[] = items.map(() => undefined)
    const taken = new Set<ItemState>()
    for (const { keysOf, keysFor } of MATCHERS) {
      const candidates = new Map<string, ItemState[]>()
      // Backwards, because each list is used up from its end.
      for (const state of this.all.toReversed()) {
        for (const key of taken.has(state) ? [] : keysOf(state)) {
          const list = candidates.get(key)
          if (list === undefined) candidates.set(key, [state])
          else list.push(state)
        }
      }
      items.forEach((item, position) => {
        if (assigned[position] !== undefined) return
        for (const key of keysFor(item)) {
          const list = candidates.get(key) ?? []
          while (list.length > 0 && taken.has(list.at(-1)!)) list.pop()
          const state = list.pop()
          if (state === undefined) continue
          taken.add((assigned[position] = state))
          return
        }
      })
    }
    return items.map(({ type, id }, position) => {
      const state = assigned[position] ?? this.#create(type, id, undefined)
      if (state.type === '') state.type = type
      return state
    })
  }

  #findKnown(
    type: string,
    { id, index }: { readonly id: string; readonly index: number | undefined },
    isNew: boolean,
  ): ItemState | undefined {
    const isSame = (item: ItemState | undefined): item is ItemState => item !== undefined && isSameKind(item.type, type)
    const atIndex = index === undefined ? undefined : this.#byIndex.get(index)
    if (isSame(atIndex) && (id === '' || atIndex.id === '' || atIndex.id === id)) return atIndex
    const withId = this.#byId.get(id)
    // An id that items share is worth less than an index, except for an item that is still open.
    const isHere = index === undefined || withId?.index === undefined || withId.index === index
    if (isSame(withId) && (isHere || (!isNew && !withId.isEnded))) return withId
    if (isSame(atIndex) && !isNew) return atIndex
    const latest = this.#latest
    const isAnonymous = index === undefined && (id === '' || latest?.id === '')
    return isAnonymous && !isNew && latest?.type === type && !latest.isEnded ? latest : undefined
  }

  #create(type: string, id: string, index: number | undefined): ItemState {
    const item: ItemState = {
      number: this.all.length,
      type,
      id,
      index,
      text: new ArrivingText(),
      reasoning: new ArrivingText(),
      arguments: new ArrivingText(),
      reasoningSource: undefined,
      isEnded: false,
      callIndex: undefined,
    }
    this.all.push(item)
    assertAtMost(MAX_OUTPUT_ITEMS, this.all.length)
    if (index !== undefined) this.#byIndex.set(index, item)
    return item
  }
}

/** Text deltas do not name the unknown type of their item, so all unknown types are one kind. */
const kindOf = (type: string): string => (KNOWN_ITEMS.includes(type) ? type : '')

/** Whether two types can mean the same item. */
const isSameKind = (a: string, b: string): boolean => kindOf(a) === kindOf(b) || kindOf(a) === '' || kindOf(b) === ''

/** The kinds of state that an item of this type can have. */
const kindsFor = (type: string): readonly string[] => {
  const kind = kindOf(type)
  return kind === '' ? ['', ...KNOWN_ITEMS] : [kind, '']
}

export interface CompleteItem {
  readonly id: string
  readonly index: number
  readonly type: string
}

/** One way to recognize an item of a complete response: an item and a state that share a key match. */
interface Matcher {
  keysOf(state: ItemState): readonly string[]
  keysFor(item: CompleteItem): readonly string[]
}

/** The most reliable way first. With keys, 16,000 items are matched in linear time. */
const MATCHERS: readonly Matcher[] = [
  {
    keysOf: ({ type, id, index }) => (id === '' ? [] : [`${kindOf(type)} ${index} ${id}`]),
    keysFor: ({ type, id, index }) => (id === '' ? [] : kindsFor(type).map((kind) => `${kind} ${index} ${id}`)),
  },
  {
    keysOf: ({ type, id }) => (id === '' ? [] : [`${kindOf(type)} ${id}`]),
    keysFor: ({ type, id }) => (id === '' ? [] : kindsFor(type).map((kind) => `${kind} ${id}`)),
  },
  {
    // Where both have an id, these differ.
    keysOf({ type, id, index }) {
      const key = `${kindOf(type)} ${index}`
      return id === '' ? [key, `${key} without id`] : [key]
    },
    keysFor: ({ type, id, index }) =>
      kindsFor(type).map((kind) => (id === '' ? `${kind} ${index}` : `${kind} ${index} without id`)),
  },
  { keysOf: ({ type }) => [type], keysFor: ({ type }) => [type] },
]
