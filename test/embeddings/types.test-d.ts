import type { EmbeddingRequest } from 'lmstudio-provider'
import * as v from 'valibot'
import { describe, it } from 'vitest'
import type { EntriesOf } from '../../src/validation/schema.js'

const entry = v.unknown()

describe('the entries of the request schema', () => {
  it('cover each field of EmbeddingRequest and nothing else', () => {
    const { batchSize, ...rest } = { model: entry, input: entry, concurrency: entry, batchSize: entry }
    void ({ batchSize, ...rest } satisfies EntriesOf<EmbeddingRequest>)
    // @ts-expect-error -- `batchSize` is missing
    void (rest satisfies EntriesOf<EmbeddingRequest>)
    // @ts-expect-error -- `batchsize` is misspelled
    void ({ batchsize: entry, ...rest } satisfies EntriesOf<EmbeddingRequest>)
    // @ts-expect-error -- `dimensions` does not exist
    void ({ batchSize, ...rest, dimensions: entry } satisfies EntriesOf<EmbeddingRequest>)
  })
})

describe('EmbeddingRequest', () => {
  it('accepts one text or a list of texts', () => {
    void ({ model: 'e', input: 'a' } satisfies EmbeddingRequest)
    void ({ model: 'e', input: ['a', 'b'], batchSize: 2, concurrency: undefined } satisfies EmbeddingRequest)
    // @ts-expect-error -- token ids are not accepted
    void ({ model: 'e', input: [1, 2] } satisfies EmbeddingRequest)
    // @ts-expect-error -- the input is missing
    void ({ model: 'e' } satisfies EmbeddingRequest)
  })
})
