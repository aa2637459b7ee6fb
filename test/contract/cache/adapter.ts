import type { CacheAdapter } from 'lmstudio-provider'
import type { Assert } from '../assert.js'
import type { Case } from '../contract.js'

/** What a case of the adapter contract runs with. */
export interface AdapterBench {
  readonly assert: Assert
  /** Creates an adapter. Persistent adapters with the same name share their entries. */
  create(name: string): CacheAdapter
}

const FALSY = { 'an empty string': '', zero: 0, false: false, null: null, 'an empty list': [] } as const

/** What every adapter does that stores values. */
export const cacheAdapterContract: readonly Case<AdapterBench>[] = [
  {
    name: 'get returns undefined for a key that was never set',
    async run({ create, assert }) {
      assert.ok((await create('empty').get('nothing')) === undefined, 'is undefined')
    },
  },
  {
    name: 'get returns the value that was set last',
    async run({ create, assert }) {
      const cache = create('basic')
      await cache.set('key', { deep: [1, { two: 'three' }] })
      assert.equal(await cache.get('key'), { deep: [1, { two: 'three' }] })
      await cache.set('key', 'other')
      assert.equal(await cache.get('key'), 'other')
    },
  },
  ...Object.entries(FALSY).map(([what, value]): Case<AdapterBench> => ({
    name: `get returns ${what} that was set`,
    async run({ create, assert }) {
      const cache = create(`falsy ${what}`)
      await cache.set('key', value)
      assert.ok((await cache.get('key')) !== undefined, 'is not undefined')
      assert.equal(await cache.get('key'), value)
    },
  })),
  {
    name: 'any string is a valid key',
    async run({ create, assert }) {
      const cache = create('keys')
      for (const key of ['', '__proto__', 'constructor', 'a/b:c', 'ключ 🌊']) {
        assert.ok((await cache.get(key)) === undefined, `has no entry ${key} yet`)
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
    name: 'adapters with different names never see each other’s entries',
    async run({ create, assert }) {
      const [left, right] = [create('left'), create('right')]
      await left.set('key', 'left')
      await right.set('key', 'right')
      await right.clear()
      assert.equal([await left.get('key'), await right.get('key')], ['left', undefined])
    },
  },
  {
    name: 'values are copied in and out',
    async run({ create, assert }) {
      const cache = create('copies')
      const given = { list: [1] }
      await cache.set('key', given)
      given.list.push(2)
      const got = (await cache.get('key')) as { list: number[] }
      got.list.push(3)
      assert.equal(await cache.get('key'), { list: [1] })
    },
  },
  {
    name: 'concurrent calls of set all take effect',
    async run({ create, assert }) {
      const cache = create('parallel')
      const numbers = Array.from({ length: 20 }, (_, index) => index)
      await Promise.all(numbers.map((number) => cache.set(`key ${number}`, number)))
      assert.equal(await Promise.all(numbers.map((number) => cache.get(`key ${number}`))), numbers)
    },
  },
]

/** What a persistent adapter does in addition. */
export const persistentAdapterContract: readonly Case<AdapterBench>[] = [
  {
    name: 'a new adapter with the same name finds the stored entries',
    async run({ create, assert }) {
      await create('lasting').set('key', { stored: true })
      assert.equal(await create('lasting').get('key'), { stored: true })
    },
  },
]
