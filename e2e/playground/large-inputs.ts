import type { MockModel } from '../../src/testing/index.js'

// Inputs shared with the benchmarks (playground/bench).

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

/** Models for the mock, smallest first. */
export const manyModels = (count: number): MockModel[] =>
  times(count, (index) => ({
    id: `maker-${index % 7}/model-${index}`,
    sizeBytes: 1e9 + index * 1e7,
    parameters: `${1 + (index % 70)}B`,
    toolUse: index % 3 === 0,
  }))

/** Lines to compare, one per line of the result. */
export const manyLines = (count: number): string =>
  times(count, (index) => `text ${index} about subject ${index % 9} of ${index % 4}`).join('\n')

/** The JSON of an object that fits the first schema of the Structured view. */
export const manyBirds = (count: number): string =>
  JSON.stringify({
    birds: times(count, (index) => ({
      name: `Bird number ${index}`,
      latinName: 'Avis longa',
      wingspanCm: 10 + (index % 300),
      nestsOn: 'cliff',
    })),
  })

/** A stream of text deltas, its finish reason and `[DONE]`, as the raw fault of the Fault lab takes it. */
export const manyEvents = (count: number): string => {
  const delta = 'data: {"choices":[{"index":0,"delta":{"content":"word "}}]}\\n\\n'
  const end = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\\n\\ndata: [DONE]\\n\\n'
  return delta.repeat(count) + end
}
