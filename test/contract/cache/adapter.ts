import type { CacheAdapter } from 'lmstudio-provider'
import type { Assert } from '../assert.js'
import type { Case } from '../contract.js'

export interface AdapterBench {
  readonly assert: Assert
  /** A new adapter; those of the same name keep the same entries where they outlive the object at all. */
  create(name: string): CacheAdapter
}

const FALSY = { 'an empty text': '', zero: 0, false: false, null: null, 'an empty list': [] } as const

/** What an adapter that keeps values does. */
export const cacheAdapterContract: readonly Case<AdapterBench>[] = [
  {
    name: 'what was never set is undefined',
    async run({ create, assert }) {
      assert.ok((await create('empty').get('nothing')) === undefined, 'undefined')
    },
  },
  {
    name: 'what was set is got, and set again is replaced',
    async run({ create, assert }) {
      const cache = create('basic')
      await cache.set('key', { deep: [1, { two: 'three' }] })
      assert.equal(await cache.get('key'), { deep: [1, { two: 'three' }] })
      await cache.set('key', 'other')
      assert.equal(await cache.get('key'), 'other')
    },
  },
  ...Object.entries(FALSY).map(([what, value]): Case<AdapterBench> => ({
    name: `${what} is a value like any other`,
    async run({ create, assert }) {
      const cache = create(`falsy ${what}`)
      await cache.set('key', value)
      assert.ok((await cache.get('key')) !== undefined, 'a value')
      assert.equal(await cache.get('key'), value)
    },
  })),
  {
    name: 'keys may be any text',
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
    name: 'delete forgets one key, and a key that is not there without complaint',
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
    name: 'clear forgets everything',
    async run({ create, assert }) {
      const cache = create('clear')
      await cache.set('one', 1)
      await cache.set('two', 2)
      await cache.clear()
      assert.equal([await cache.get('one'), await cache.get('two')], [undefined, undefined])
    },
  },
  {
    name: 'adapters of two names never see each other',
    async run({ create, assert }) {
      const [left, right] = [create('left'), create('right')]
      await left.set('key', 'left')
      await right.set('key', 'right')
      await right.clear()
      assert.equal([await left.get('key'), await right.get('key')], ['left', undefined])
    },
  },
  {
    name: 'values are copied, not shared',
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
    name: 'what is set at the same time is all there',
    async run({ create, assert }) {
      const cache = create('parallel')
      const numbers = Array.from({ length: 20 }, (_, index) => index)
      await Promise.all(numbers.map((number) => cache.set(`key ${number}`, number)))
      assert.equal(await Promise.all(numbers.map((number) => cache.get(`key ${number}`))), numbers)
    },
  },
]

/** What an adapter that outlives its object does besides. */
export const persistentAdapterContract: readonly Case<AdapterBench>[] = [
  {
    name: 'a new adapter of the same name finds what the old one kept',
    async run({ create, assert }) {
      await create('lasting').set('key', { kept: true })
      assert.equal(await create('lasting').get('key'), { kept: true })
    },
  },
]
