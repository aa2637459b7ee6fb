/** The types of items that this library maps. */
export const KNOWN_ITEMS: readonly string[] = ['message', 'reasoning', 'function_call']

/** What is known about one item of the output while it arrives. */
export interface ItemState {
  /** Unique within the response. */
  readonly number: number
  readonly type: string
  /** The server's id; empty while it has sent none. */
  id: string
  readonly index: number | undefined
  /** How many characters have been emitted, by content part; those of a call's arguments under 0. */
  readonly emitted: Map<number, number>
  /** Which tool call of the response it is, once it has a name. */
  callIndex: number | undefined
}

/** Where an event or an item belongs, as far as it says so. */
export interface ItemReference {
  readonly id?: string | null | undefined
  readonly index?: number | null | undefined
}

/**
 * Recognizes items by their index and id, as far as these are given and agree. The end of a stream may leave items out,
 * reorder them or rename them, and some servers send events with neither index nor id.
 */
export class OutputItems {
  readonly #items: ItemState[] = []
  readonly #byIndex = new Map<number, ItemState>()
  readonly #byId = new Map<string, ItemState>()
  #latest: ItemState | undefined

  /** Returns the item of an event; `isNew` where the event begins an item. */
  find(type: string, reference: ItemReference, isNew = false): ItemState {
    const id = reference.id || ''
    const index = reference.index ?? undefined
    const item = this.#findKnown(type, { id, index }, isNew) ?? this.#create(type, id, index)
    if (item.id === '') item.id = id
    if (id !== '') this.#byId.set(id, item)
    return (this.#latest = item)
  }

  /** Returns the state of each item of a complete response; no two items share one. */
  assign(items: readonly { readonly type: string; readonly id: string }[]): ItemState[] {
    const unassigned = new Set(this.#items)
    const assigned: ItemState[] = []
    for (const matches of MATCHERS) {
      items.forEach((item, index) => {
        if (assigned[index] !== undefined) return
        for (const candidate of unassigned) {
          if (!isSameKind(candidate.type, item.type) || !matches(candidate, { ...item, index })) continue
          unassigned.delete((assigned[index] = candidate))
          return
        }
      })
    }
    return items.map(({ type, id }, index) => assigned[index] ?? this.#create(type, id, undefined))
  }

  #findKnown(
    type: string,
    { id, index }: { readonly id: string; readonly index: number | undefined },
    isNew: boolean,
  ): ItemState | undefined {
    const atIndex = index === undefined ? undefined : this.#byIndex.get(index)
    if (atIndex !== undefined && isSameKind(atIndex.type, type)) return atIndex
    const withId = this.#byId.get(id)
    if (withId !== undefined && isSameKind(withId.type, type) && (index === undefined || withId.index === undefined))
      return withId
    return index === undefined && id === '' && !isNew && this.#latest?.type === type ? this.#latest : undefined
  }

  #create(type: string, id: string, index: number | undefined): ItemState {
    const item: ItemState = { number: this.#items.length, type, id, index, emitted: new Map(), callIndex: undefined }
    this.#items.push(item)
    if (index !== undefined) this.#byIndex.set(index, item)
    return item
  }
}

/** Whether two types can mean the same item: text deltas do not say in which unknown type of item they stand. */
const isSameKind = (a: string, b: string): boolean => a === b || !KNOWN_ITEMS.includes(a) || !KNOWN_ITEMS.includes(b)

interface CompleteItem {
  readonly id: string
  readonly index: number
  readonly type: string
}

/** How an item of a complete response is recognized, the most reliable way first. */
const MATCHERS: readonly ((known: ItemState, item: CompleteItem) => boolean)[] = [
  (known, { id, index }) => known.index === index && known.id === id && id !== '',
  (known, { id }) => known.id === id && id !== '',
  (known, { id, index }) => known.index === index && (known.id === '' || id === ''),
  (known, { type }) => known.type === type,
]
