import type * as library from 'lmstudio-provider'
import type { LMStudioOptions, LMStudioProvider } from 'lmstudio-provider'
import type { Assert } from './assert.js'
import type { MockControl } from './mock-control.js'

/** What a case of the provider contract runs with. No test runner, no Node and no DOM among it. */
export interface Bench {
  /** The package, by whatever way it got here. */
  readonly library: typeof library
  /** The mock's address. */
  readonly endpoint: string
  readonly mock: MockControl
  readonly assert: Assert
  /** A provider for the mock, with a cache in memory unless another is given. */
  create(options?: LMStudioOptions): LMStudioProvider
}

/** One sentence of the contract, and how it is shown. */
export interface Case<B = Bench> {
  readonly name: string
  run(bench: B): Promise<void>
}

/** The bench for one mock. */
export function createBench(parts: Omit<Bench, 'create'>): Bench {
  const { library, endpoint } = parts
  return {
    ...parts,
    create: (options) => library.createLMStudio({ endpoint, cache: library.memoryCache(), ...options }),
  }
}

/** A model of the mock, loaded from the start. */
export const MODEL = 'acme/tern-4b'
