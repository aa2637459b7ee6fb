import { batch, computed, signal, type ReadonlySignal } from '@preact/signals'
import type { LMStudioProvider, ModelInfo } from 'lmstudio-provider'
import { requireProvider } from '../../state/connection.js'
import { embeddingModels } from '../../state/models.js'
import { SAMPLE } from './samples.js'
import { nearest, range, similarities, toLines, type Neighbour, type Row } from './similarity.js'

/** What came of a comparison, whole or of the lines that have vectors. */
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
export const pickedEmbedder = signal<string | undefined>(undefined)
export const embedder: ReadonlySignal<ModelInfo | undefined> = computed(() => {
  const all = embeddingModels.value
  return all.find(({ id }) => id === pickedEmbedder.value) ?? all.find(({ state }) => state === 'loaded') ?? all[0]
})

/** How far it is; `undefined` while nothing runs. */
export const progress = signal<{ readonly done: number; readonly total: number } | undefined>(undefined)
/** What ended it, and how many lines have no vector for it. */
export const failure = signal<{ readonly error: unknown; readonly missing: number } | undefined>(undefined)
export const comparison = signal<Comparison | undefined>(undefined)

/** What neighbours are shown of: a line by its number, or what was asked. */
export const picked = signal<number | 'question'>(1)
export const question = signal('')
export const asking = signal(false)
export const askError = signal<unknown>(undefined)
const asked = signal<
  { readonly text: string; readonly vector: readonly number[]; readonly of: Comparison } | undefined
>(undefined)

// Small enough that the bar moves and a failure costs little.
const BATCH = 16

let known:
  | { readonly from: LMStudioProvider; readonly model: string; readonly vectors: Map<string, number[]> }
  | undefined
let running: AbortController | undefined

/** Vectors are asked for once per text: after a failure or an edit, only for what is missing. */
function vectorsOf(from: LMStudioProvider, model: string): Map<string, number[]> {
  if (known?.from !== from || known.model !== model) known = { from, model, vectors: new Map() }
  return known.vectors
}

/** Compares the lines. Never rejects: `failure` says what went wrong, `comparison` has what is there. */
export async function compare(): Promise<void> {
  running?.abort()
  const { signal } = (running = new AbortController())
  const wanted = lines.peek().lines
  const model = embedder.peek()?.id
  failure.value = undefined
  try {
    const from = requireProvider()
    if (model === undefined) throw new Error('The server has no embedding model. Download one in LM Studio.')
    const vectors = vectorsOf(from, model)
    const missing = [...new Set(wanted)].filter((line) => !vectors.has(line))
    const total = missing.length
    let error: unknown
    let done = 0
    while (done < total && error === undefined) {
      progress.value = { done, total }
      const input = missing.slice(done, done + BATCH)
      try {
        const { embeddings } = await from.embed({ model, input, batchSize: BATCH }, { signal })
        input.forEach((line, index) => vectors.set(line, embeddings[index]!))
        done += input.length
      } catch (thrown) {
        error = thrown
      }
    }
    if (running.signal !== signal) return
    const rows = wanted.flatMap((line, index) => {
      const vector = vectors.get(line)
      return vector === undefined ? [] : [{ number: index + 1, text: line, vector }]
    })
    // What nobody compares any more need not be kept.
    for (const line of vectors.keys()) if (!wanted.includes(line)) vectors.delete(line)
    const matrix = await similarities(rows)
    if (running.signal !== signal) return
    batch(() => {
      const [low, high] = range(matrix, rows.length)
      comparison.value =
        rows.length === 0 ? undefined : { model, rows, matrix, low, high, dimensions: rows[0]!.vector.length }
      if (picked.peek() !== 'question' && !rows.some(({ number }) => number === picked.peek()))
        picked.value = rows[0]?.number ?? 1
      if (error !== undefined && !signal.aborted) failure.value = { error, missing: wanted.length - rows.length }
    })
  } catch (error) {
    if (running.signal === signal) failure.value = { error, missing: wanted.length }
  } finally {
    if (running.signal === signal) progress.value = undefined
  }
}

export function stop(): void {
  running?.abort()
}

/** Looks for the lines that are nearest to the question. */
export async function ask(): Promise<void> {
  const said = question.peek().trim()
  const of = comparison.peek()
  if (said === '' || of === undefined) return
  batch(() => {
    asking.value = true
    askError.value = undefined
  })
  try {
    const { embeddings } = await requireProvider().embed({ model: of.model, input: said })
    batch(() => {
      asked.value = { text: said, vector: embeddings[0]!, of }
      picked.value = 'question'
    })
  } catch (error) {
    askError.value = error
  } finally {
    asking.value = false
  }
}

/** Of what, and which lines are nearest to it. */
export const neighbours: ReadonlySignal<{ readonly of: string; readonly list: readonly Neighbour[] } | undefined> =
  computed(() => {
    const there = comparison.value
    if (there === undefined) return undefined
    if (picked.value === 'question' && asked.value?.of.model === there.model) {
      const { text, vector } = asked.value
      return vector.length === there.dimensions ? { of: `“${text}”`, list: nearest(there.rows, vector) } : undefined
    }
    const row = there.rows.find(({ number }) => number === picked.value) ?? there.rows[0]!
    return { of: `line ${row.number}`, list: nearest(there.rows, row.vector, row) }
  })
