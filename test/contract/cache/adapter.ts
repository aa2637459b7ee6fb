import type { CacheAdapter } from 'lmstudio-provider'
import type { Assert } from '../assert.js'
import type { Case } from '../contract.js'

export interface AdapterBench {
  readonly assert: Assert
  /** Creates an adapter; persistent adapters of the same name share their entries. */
  create(name: string): CacheAdapter
}

const FALSY = { 'an empty text': '', zero: 0, false: false, null: null, 'an empty list': [] } as const

/** The behavior of every adapter that stores values. */
export const cacheAdapterContract: readonly Case<AdapterBench>[] = [
  {
    name: 'get resolves to undefined for a key that was never set',
    async run({ create, assert }) {
      assert.ok((await create('empty').get('nothing')) === undefined, 'undefined')
    },
  },
  {
    name: 'get resolves to the last value that was set',
    async run({ create, assert }) {
      const cache = create('basic')
      await cache.set('key', { deep: [1, { two: 'three' }] })
      assert.equal(await cache.get('key'), { deep: [1, { two: 'three' }] })
      await cache.set('key', 'other')
      assert.equal(await cache.get('key'), 'other')
    },
  },
  ...Object.entries(FALSY).map(([what, value]): Case<AdapterBench> => ({
    name: `${what} can be stored`,
    async run({ create, assert }) {
      const cache = create(`falsy ${what}`)
      await cache.set('key', value)
      assert.ok((await cache.get('key')) !== undefined, 'a value')
      assert.equal(await cache.get('key'), value)
    },
  })),
  {
    name: 'any string can be a key',
    async run({ create, assert }) {
      const cache = create('keys')
      for (const key of ['', '__proto__', 'constructor', 'a/b:c', 'ключ 🌊']) {
        assert.ok((await cache.get(key)) === undefined, `nothing under ${key} yet`)
        await cache.set(key, key)
        assert.equal(await cache.get(key), key)
      }
    },
  },
  {
    name: 'delete removes one key and ignores a missing one',
    async run({ create, assert }) {
      const cache = create('delete')
      await cache.set('one', 1)
      await cache.set('two', 2)
      await cache.delete('one')
      await cache.delete('none')
      assert.equal([await cache.get('one'), await cache.get('two')], [undefined, 2])
    },
  },
  {
    name: 'clear removes every key',
    async run({ create, assert }) {
      const cache = create('clear')
      await cache.set('one', 1)
      await cache.set('two', 2)
      await cache.clear()
      assert.equal([await cache.get('one'), await cache.get('two')], [undefined, undefined])
    },
  },
  {
    name: 'adapters with different names have separate entries',
    async run({ create, assert }) {
      const [left, right] = [create('left'), create('right')]
      await left.set('key', 'left')
      await right.set('key', 'right')
      await right.clear()
      assert.equal([await left.get('key'), await right.get('key')], ['left', undefined])
    },
  },
  {
    name: 'values are copied when they are set and when they are read',
    async run({ create, assert }) {
      const cache = create('copies')
      const given = { list: [1] }
      await cache.set('key', given)
      given.list.push(2)
      const read = (await cache.get('key')) as { list: number[] }
      read.list.push(3)
      assert.equal(await cache.get('key'), { list: [1] })
    },
  },
  {
    name: 'values that are set in parallel are all stored',
    async run({ create, assert }) {
      const cache = create('parallel')
      const numbers = Array.from({ length: 20 }, (_, index) => index)
      await Promise.all(numbers.map((number) => cache.set(`key ${number}`, number)))
      assert.equal(await Promise.all(numbers.map((number) => cache.get(`key ${number}`))), numbers)
    },
  },
]

/** The additional behavior of a persistent adapter. */
export const persistentAdapterContract: readonly Case<AdapterBench>[] = [
  {
    name: 'a new adapter with the same name has the entries of the old one',
    async run({ create, assert }) {
      await create('lasting').set('key', { kept: true })
      assert.equal(await create('lasting').get('key'), { kept: true })
    },
  },
]
