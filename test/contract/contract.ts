import type * as library from 'lmstudio-provider'
import type { LMStudioOptions, LMStudioProvider } from 'lmstudio-provider'
import type { Assert } from './assert.js'
import type { MockControl } from './mock-control.js'

/** What a case of the provider contract uses. It needs neither a test runner nor Node nor a DOM. */
export interface Bench {
  /** The package: the sources in Node, the build in a browser. */
  readonly library: typeof library
  /** The address of the mock. */
  readonly endpoint: string
  readonly mock: MockControl
  readonly assert: Assert
  /** Creates a provider for the mock, with a memory cache by default. */
  create(options?: LMStudioOptions): LMStudioProvider
}

/** One sentence of the contract and the code that checks it. */
export interface Case<B = Bench> {
  readonly name: string
  run(bench: B): Promise<void>
}

/** Creates the bench for one mock. */
export function createBench(parts: Omit<Bench, 'create'>): Bench {
  const { library, endpoint } = parts
  return {
    ...parts,
    create: (options) => library.createLMStudio({ endpoint, cache: library.memoryCache(), ...options }),
  }
}

/** A model of the mock that is loaded when the mock starts. */
export const MODEL = 'acme/tern-4b'
