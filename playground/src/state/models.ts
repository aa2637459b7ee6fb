import { batch, computed, effect, signal, type ReadonlySignal } from '@preact/signals'
import type { ModelInfo } from 'lmstudio-provider'
import { health, provider } from './connection.js'

/** The models of the server; empty until the list is read. */
export const models = signal<readonly ModelInfo[]>([])
/** When this page last read the list. */
export const readAt = signal<Date | undefined>(undefined)
export const isReading = signal(false)
export const modelsError = signal<unknown>(undefined)

/** Models for chat: all but those that are known to be for something else. */
export const chatModels: ReadonlySignal<readonly ModelInfo[]> = computed(() =>
  models.value.filter(({ capabilities }) => capabilities.chat !== false),
)
export const embeddingModels: ReadonlySignal<readonly ModelInfo[]> = computed(() =>
  models.value.filter(({ type }) => type === 'embedding'),
)
export const decisionModels: ReadonlySignal<readonly ModelInfo[]> = computed(() =>
  models.value.filter(({ capabilities }) => capabilities.decisions === true),
)

/** The model the user picked, shared by all views. Use `chatModel`, which is always in the list. */
export const pickedModel = signal<string | undefined>(undefined)
/** The model to chat with: the picked one, or the first loaded one, or the first one. */
export const chatModel: ReadonlySignal<ModelInfo | undefined> = computed(() => {
  const all = chatModels.value
  return all.find(({ id }) => id === pickedModel.value) ?? all.find(({ state }) => state === 'loaded') ?? all[0]
})

let reading: AbortController | undefined

/** Reads the list; `refresh` bypasses the cache. Never rejects: `modelsError` holds the error. */
export async function readModels({ refresh = false }: { readonly refresh?: boolean } = {}): Promise<void> {
  reading?.abort()
  const { signal } = (reading = new AbortController())
  const client = provider.peek()
  if (client === undefined) {
    batch(() => {
      models.value = []
      readAt.value = modelsError.value = undefined
      isReading.value = false
    })
    return
  }
  isReading.value = true
  try {
    const list = await client.listModels({ signal, refresh })
    if (signal.aborted) return
    batch(() => {
      models.value = list
      readAt.value = new Date()
      modelsError.value = undefined
    })
  } catch (error) {
    if (!signal.aborted) modelsError.value = error
  } finally {
    if (!signal.aborted) isReading.value = false
  }
}

/** Reads the list again if a request was the first to use a model, which has loaded it. */
export function readAfterUse(model: ModelInfo | undefined): void {
  if (model?.state !== 'loaded') void readModels({ refresh: true })
}

let lastCounts = ''

// Reads the list again when another server is connected, when the server returns, and when its model counts change.
effect(() => {
  const client = provider.value
  const { modelsAvailable, modelsLoaded } = health.value ?? {}
  const counts = `${client?.endpoint} ${modelsAvailable} ${modelsLoaded}`
  if (counts === lastCounts) return
  const refresh = client !== undefined && lastCounts.startsWith(`${client.endpoint} `)
  lastCounts = counts
  void readModels({ refresh })
})
