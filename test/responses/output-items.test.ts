import { describe, expect, it } from 'vitest'
import { OutputItems } from '../../src/responses/output-items.js'

describe('OutputItems.find', () => {
  it('finds an item by its index', () => {
    const items = new OutputItems()
    const first = items.find('message', { index: 0 })
    const second = items.find('message', { index: 1 })
    expect(items.find('message', { index: 0 })).toBe(first)
    expect(items.find('message', { index: 1, id: 'msg_2' })).toBe(second)
    expect([first.number, second.number]).toEqual([0, 1])
  })

  it('finds an item by its id when an event has no index', () => {
    const items = new OutputItems()
    const first = items.find('message', { index: 0, id: 'msg_1' })
    items.find('message', { index: 1, id: 'msg_2' })
    expect(items.find('message', { id: 'msg_1' })).toBe(first)
  })

  it('finds an item by the id that a later event brought', () => {
    const items = new OutputItems()
    const item = items.find('message', { index: 0 })
    items.find('message', { index: 0, id: 'msg_1' })
    items.find('message', { index: 1 })
    expect(items.find('message', { id: 'msg_1' })).toBe(item)
    expect(item.id).toBe('msg_1')
  })

  it('finds the latest item when an event has neither index nor id', () => {
    const items = new OutputItems()
    items.find('message', { index: 0 })
    const latest = items.find('message', { index: 1 })
    expect(items.find('message', {})).toBe(latest)
  })

  it('creates an item when the latest one has another type', () => {
    const items = new OutputItems()
    const reasoning = items.find('reasoning', {})
    expect(items.find('message', {})).not.toBe(reasoning)
  })

  it('creates an item for an event that starts one, although it has neither index nor id', () => {
    const items = new OutputItems()
    const first = items.find('message', {}, true)
    expect(items.find('message', {}, true)).not.toBe(first)
  })

  it('creates an item when the one at the index, or with the id, has another known type', () => {
    const items = new OutputItems()
    const reasoning = items.find('reasoning', { index: 0, id: 'a' })
    expect(items.find('message', { index: 0 })).not.toBe(reasoning)
    expect(items.find('function_call', { id: 'a' })).not.toBe(reasoning)
  })

  it('finds an item of an unknown type for text, whose events do not name the type of their item', () => {
    const items = new OutputItems()
    const unknown = items.find('painting', { index: 0 })
    expect(items.find('message', { index: 0 })).toBe(unknown)
  })
})

describe('OutputItems.find with misleading references', () => {
  it('creates an item for a new id at an index that another item has', () => {
    const items = new OutputItems()
    const first = items.find('message', { index: 0, id: 'a' }, true)
    const second = items.find('message', { index: 0, id: 'b' }, true)
    expect(second).not.toBe(first)
    expect(items.find('message', { index: 0, id: 'a' })).toBe(first)
    expect(items.find('message', { index: 0, id: 'b' })).toBe(second)
  })

  it('tells items apart by their index when all have one id', () => {
    const items = new OutputItems()
    const first = items.find('message', { index: 0, id: 'a' }, true)
    const second = items.find('message', { index: 1, id: 'a' }, true)
    expect(second).not.toBe(first)
    expect(items.find('message', { index: 0, id: 'a' })).toBe(first)
  })

  it('finds the item that was announced without an id by the id of its first delta', () => {
    const items = new OutputItems()
    const item = items.find('message', {}, true)
    expect(items.find('message', { id: 'msg_1' })).toBe(item)
    expect(item.id).toBe('msg_1')
  })

  it('creates an item for an event without index and id when the latest item is complete', () => {
    const items = new OutputItems()
    const first = items.find('message', {})
    first.isEnded = true
    expect(items.find('message', {})).not.toBe(first)
  })

  it('learns the type of an item that named none', () => {
    const items = new OutputItems()
    const item = items.find('', { index: 0 })
    items.find('message', { index: 0 })
    expect(item.type).toBe('message')
  })
})

describe('OutputItems.assign', () => {
  const list = (...items: readonly [type: string, id: string][]) =>
    items.map(([type, id], index) => ({ type, id, index }))

  /** Items as the stream knows them: a message, a reasoning item and a call. */
  function createItems() {
    const items = new OutputItems()
    const message = items.find('message', { index: 0, id: 'a' })
    const reasoning = items.find('reasoning', { index: 1, id: 'b' })
    const call = items.find('function_call', { index: 2 })
    return { items, message, reasoning, call }
  }

  it('assigns items by index and id', () => {
    const { items, message, reasoning, call } = createItems()
    const complete = list(['message', 'a'], ['reasoning', 'b'], ['function_call', ''])
    expect(items.assign(complete)).toEqual([message, reasoning, call])
  })

  it('assigns items by id when the response has another order', () => {
    const items = new OutputItems()
    const first = items.find('message', { index: 0, id: 'a' })
    const second = items.find('message', { index: 1, id: 'b' })
    const assigned = items.assign(list(['message', 'b'], ['message', 'a']))
    expect(assigned[0]).toBe(second)
    expect(assigned[1]).toBe(first)
  })

  it('assigns items by index when only one side has an id, whatever comes before them', () => {
    const items = new OutputItems()
    const first = items.find('message', { index: 1 })
    const second = items.find('message', { index: 0 })
    const assigned = items.assign(list(['message', 'a'], ['message', 'b']))
    expect(assigned[0]).toBe(second)
    expect(assigned[1]).toBe(first)
  })

  it('assigns an item by its type when its id was renamed and its index moved', () => {
    const { items, call } = createItems()
    expect(items.assign(list(['function_call', 'renamed']))[0]).toBe(call)
  })

  it('creates an item that the stream did not send, and assigns no item twice', () => {
    const { items, message, reasoning, call } = createItems()
    const [first, second] = items.assign(list(['message', 'a'], ['message', 'a']))
    expect(first).toBe(message)
    expect([message, reasoning, call]).not.toContain(second)
    expect(second!.number).toBe(3)
  })
})
