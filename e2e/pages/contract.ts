import * as library from 'lmstudio-provider'
import { assert } from '../../test/contract/assert.js'
import { cacheAdapterContract, persistentAdapterContract } from '../../test/contract/cache/adapter.js'
import { createBench, type Case } from '../../test/contract/contract.js'
import { CONTROLS, type MockControl } from '../../test/contract/mock-control.js'
import { providerContract } from '../../test/contract/provider/index.js'

/** The mock's controls, as the test process lends them to the page. */
type Lent = Window & { control(name: string, ...rest: unknown[]): Promise<unknown> }

const mock = Object.fromEntries(
  CONTROLS.map((name) => [name, (...rest: unknown[]) => (window as unknown as Lent).control(name, ...rest)]),
) as unknown as MockControl

function find<B>(cases: readonly Case<B>[], name: string): Case<B> {
  const found = cases.find((one) => one.name === name)
  if (found === undefined) throw new Error(`There is no case “${name}”.`)
  return found
}

/** Runs one sentence of the provider contract in this page. */
export const runProviderCase = (name: string, endpoint: string): Promise<void> =>
  find(providerContract, name).run(createBench({ library, endpoint, mock, assert }))

/** Runs one sentence of the cache adapters' contract with the browser's own IndexedDB. */
export const runIndexedDBCase = (name: string): Promise<void> =>
  find([...cacheAdapterContract, ...persistentAdapterContract], name).run({ assert, create: library.indexedDBCache })
