import { batch, computed, signal, type ReadonlySignal } from '@preact/signals'
import type { LMStudioProvider, ModelInfo } from 'lmstudio-provider'
import { requireProvider } from '../../state/connection.js'
import { embeddingModels, readAfterUse } from '../../state/models.js'
import { SAMPLE } from './samples.js'
import { nearest, range, similarityMatrix, toLines, type Neighbor, type Row } from './similarity.js'

/** The result of a comparison. After a failure it contains only the lines with vectors. */
export interface Comparison {
  readonly model: string
  readonly rows: readonly Row[]
  readonly matrix: Float32Array
  readonly low: number
  readonly high: number
  readonly dimensions: number
}

export const text = signal(SAMPLE)
export const lines = computed(() => toLines(text.value))
export const pickedEmbeddingModel = signal<string | undefined>(undefined)
export const embeddingModel: ReadonlySignal<ModelInfo | undefined> = computed(() => {
  const all = embeddingModels.value
  return (
    all.find(({ id }) => id === pickedEmbeddingModel.value) ?? all.find(({ state }) => state === 'loaded') ?? all[0]
  )
})

/** The number of embedded lines; `undefined` while no comparison is running. */
export const progress = signal<{ readonly done: number; readonly total: number } | undefined>(undefined)
/** The error of the latest comparison and the number of lines without a vector. */
export const failure = signal<{ readonly error: unknown; readonly missing: number } | undefined>(undefined)
export const comparison = signal<Comparison | undefined>(undefined)

/** Whose neighbors are shown: the line with this number, or the query. */
export const picked = signal<number | 'query'>(1)
export const query = signal('')
export const isSearching = signal(false)
export const searchError = signal<unknown>(undefined)
const queryResult = signal<
  { readonly text: string; readonly vector: readonly number[]; readonly of: Comparison } | undefined
>(undefined)

// Small batches: the progress bar moves, and a failure loses little.
const BATCH = 16

let vectorCache:
  | { readonly client: LMStudioProvider; readonly model: string; readonly vectors: Map<string, number[]> }
  | undefined
let running: AbortController | undefined

/** Returns the cached vectors by text. After a failure or an edit, only new texts are embedded. */
function cachedVectors(client: LMStudioProvider, model: string): Map<string, number[]> {
  if (vectorCache?.client !== client || vectorCache.model !== model) vectorCache = { client, model, vectors: new Map() }
  return vectorCache.vectors
}

/** Compares the lines. Never rejects: `comparison` holds the result, `failure` the error. */
export async function compare(): Promise<void> {
  running?.abort()
  const { signal } = (running = new AbortController())
  const texts = lines.peek().lines
  const model = embeddingModel.peek()?.id
  failure.value = undefined
  try {
    const client = requireProvider()
    if (model === undefined) throw new Error('The server has no embedding model. Download one in LM Studio.')
    const vectors = cachedVectors(client, model)
    const missing = [...new Set(texts)].filter((line) => !vectors.has(line))
    const total = missing.length
    let error: unknown
    let done = 0
    while (done < total && error === undefined) {
      progress.value = { done, total }
      const input = missing.slice(done, done + BATCH)
      try {
        const { embeddings } = await client.embed({ model, input, batchSize: BATCH }, { signal })
        input.forEach((line, index) => vectors.set(line, embeddings[index]!))
        done += input.length
      } catch (thrown) {
        error = thrown
      }
    }
    if (running.signal !== signal) return
    if (done > 0) readAfterUse(embeddingModel.peek())
    const rows = texts.flatMap((line, index) => {
      const vector = vectors.get(line)
      return vector === undefined ? [] : [{ number: index + 1, text: line, vector }]
    })
    // Drop the vectors of lines that were removed.
    for (const line of vectors.keys()) if (!texts.includes(line)) vectors.delete(line)
    const matrix = await similarityMatrix(rows)
    if (running.signal !== signal) return
    batch(() => {
      const [low, high] = range(matrix, rows.length)
      comparison.value =
        rows.length === 0 ? undefined : { model, rows, matrix, low, high, dimensions: rows[0]!.vector.length }
      if (picked.peek() !== 'query' && !rows.some(({ number }) => number === picked.peek()))
        picked.value = rows[0]?.number ?? 1
      if (error !== undefined && !signal.aborted) failure.value = { error, missing: texts.length - rows.length }
    })
  } catch (error) {
    if (running.signal === signal) failure.value = { error, missing: texts.length }
  } finally {
    if (running.signal === signal) progress.value = undefined
  }
}

export function stop(): void {
  running?.abort()
}

/** Finds the lines that are nearest to the query. */
export async function search(): Promise<void> {
  const text = query.peek().trim()
  const of = comparison.peek()
  if (text === '' || of === undefined) return
  batch(() => {
    isSearching.value = true
    searchError.value = undefined
  })
  try {
    const { embeddings } = await requireProvider().embed({ model: of.model, input: text })
    batch(() => {
      queryResult.value = { text, vector: embeddings[0]!, of }
      picked.value = 'query'
    })
  } catch (error) {
    searchError.value = error
  } finally {
    isSearching.value = false
  }
}

/** The nearest lines, and what they are nearest to. */
export const neighbors: ReadonlySignal<{ readonly of: string; readonly list: readonly Neighbor[] } | undefined> =
  computed(() => {
    const current = comparison.value
    if (current === undefined) return undefined
    if (picked.value === 'query' && queryResult.value?.of.model === current.model) {
      const { text, vector } = queryResult.value
      return vector.length === current.dimensions ? { of: `“${text}”`, list: nearest(current.rows, vector) } : undefined
    }
    const row = current.rows.find(({ number }) => number === picked.value) ?? current.rows[0]!
    return { of: `line ${row.number}`, list: nearest(current.rows, row.vector, row) }
  })
