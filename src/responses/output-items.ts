/** Types of items that this library has a word for. */
export const KNOWN_ITEMS: readonly string[] = ['message', 'reasoning', 'function_call']

/** An item in the making: how much of it has been told, and by what it is known again. */
export interface Slot {
  /** None other of the answer has it. */
  readonly number: number
  readonly type: string
  /** The server's id; empty while it has given none. */
  id: string
  readonly index: number | undefined
  /** Characters told, by part; those of the arguments of a call under 0. */
  readonly told: Map<number, number>
  /** Which of the tool calls of the answer it is, once it has a name. */
  call: number | undefined
}

/** What an event or an item says of where it belongs. */
export interface Place {
  readonly id?: string | null | undefined
  readonly index?: number | null | undefined
}

/**
 * Knows items again: by their index and id as far as these are given and agree. The end of a stream may leave items
 * out, order them anew or name them otherwise, and some servers give an event neither index nor id.
 */
export class OutputItems {
  readonly #all: Slot[] = []
  readonly #byIndex = new Map<number, Slot>()
  readonly #byId = new Map<string, Slot>()
  #latest: Slot | undefined

  /** The slot of an event; `isNew` where the event begins an item. */
  find(type: string, place: Place, isNew = false): Slot {
    const id = place.id || ''
    const index = place.index ?? undefined
    const slot = this.#known(type, id, index, isNew) ?? this.#create(type, id, index)
    if (slot.id === '') slot.id = id
    if (id !== '') this.#byId.set(id, slot)
    return (this.#latest = slot)
  }

  /** The slots of all items of a finished answer, each of which has one of its own. */
  assign(items: readonly { readonly type: string; readonly id: string }[]): Slot[] {
    const free = new Set(this.#all)
    const slots: Slot[] = []
    for (const fits of FITS) {
      items.forEach((item, index) => {
        if (slots[index] !== undefined) return
        for (const slot of free) {
          if (!isLike(slot.type, item.type) || !fits(slot, item.id, index, item.type)) continue
          free.delete((slots[index] = slot))
          return
        }
      })
    }
    return items.map(({ type, id }, index) => slots[index] ?? this.#create(type, id, undefined))
  }

  #known(type: string, id: string, index: number | undefined, isNew: boolean): Slot | undefined {
    const at = index === undefined ? undefined : this.#byIndex.get(index)
    if (at !== undefined && isLike(at.type, type)) return at
    const named = this.#byId.get(id)
    if (named !== undefined && isLike(named.type, type) && (index === undefined || named.index === undefined))
      return named
    return index === undefined && id === '' && !isNew && this.#latest?.type === type ? this.#latest : undefined
  }

  #create(type: string, id: string, index: number | undefined): Slot {
    const slot: Slot = { number: this.#all.length, type, id, index, told: new Map(), call: undefined }
    this.#all.push(slot)
    if (index !== undefined) this.#byIndex.set(index, slot)
    return slot
  }
}

/** Whether both can be one item: what a text of an unknown kind is said in, its pieces do not tell. */
const isLike = (a: string, b: string): boolean => a === b || !KNOWN_ITEMS.includes(a) || !KNOWN_ITEMS.includes(b)

/** How an item of a finished answer is known again, the surest way first. */
const FITS: readonly ((slot: Slot, id: string, index: number, type: string) => boolean)[] = [
  (slot, id, index) => slot.index === index && slot.id === id && id !== '',
  (slot, id) => slot.id === id && id !== '',
  (slot, id, index) => slot.index === index && (slot.id === '' || id === ''),
  (slot, _id, _index, type) => slot.type === type,
]
