import * as library from 'lmstudio-provider'
import { assert } from '../../test/contract/assert.js'
import { cacheAdapterContract, persistentAdapterContract } from '../../test/contract/cache/adapter.js'
import { createBench, type Case } from '../../test/contract/contract.js'
import { CONTROLS, type MockControl } from '../../test/contract/mock-control.js'
import { providerContract } from '../../test/contract/provider/index.js'

/** The page, with the function that controls the mock of the test process. */
type ControlledWindow = Window & { control(name: string, ...rest: unknown[]): Promise<unknown> }

const mock = Object.fromEntries(
  CONTROLS.map((name) => [
    name,
    (...rest: unknown[]) => (window as unknown as ControlledWindow).control(name, ...rest),
  ]),
) as unknown as MockControl

function find<B>(cases: readonly Case<B>[], name: string): Case<B> {
  const found = cases.find((one) => one.name === name)
  if (found === undefined) throw new Error(`The contract has no case “${name}”.`)
  return found
}

/** Runs one case of the provider contract in this page. */
export const runProviderCase = (name: string, endpoint: string): Promise<void> =>
  find(providerContract, name).run(createBench({ library, endpoint, mock, assert }))

/** Runs one case of the cache adapter contract with the IndexedDB of the browser. */
export const runIndexedDBCase = (name: string): Promise<void> =>
  find([...cacheAdapterContract, ...persistentAdapterContract], name).run({ assert, create: library.indexedDBCache })
