import { batch, computed, effect, signal, type ReadonlySignal } from '@preact/signals'
import type { ModelInfo } from 'lmstudio-provider'
import { health, provider } from './connection.js'

/** What the server has; empty while nothing is known. */
export const models = signal<readonly ModelInfo[]>([])
/** When the list was read by this page. `undefined`: not yet. */
export const readAt = signal<Date | undefined>(undefined)
export const isReading = signal(false)
export const modelsError = signal<unknown>(undefined)

/** Models that chat: everything that is not known to only embed. */
export const chatModels: ReadonlySignal<readonly ModelInfo[]> = computed(() =>
  models.value.filter(({ type }) => type !== 'embedding'),
)
export const embeddingModels: ReadonlySignal<readonly ModelInfo[]> = computed(() =>
  models.value.filter(({ type }) => type === 'embedding'),
)

/** What the person picked to chat with; views share it. Ask `chatModel`, which is never gone from the list. */
export const pickedModel = signal<string | undefined>(undefined)
/** The model to chat with: the picked one, else one that is loaded, else the first. */
export const chatModel: ReadonlySignal<ModelInfo | undefined> = computed(() => {
  const all = chatModels.value
  return all.find(({ id }) => id === pickedModel.value) ?? all.find(({ state }) => state === 'loaded') ?? all[0]
})

let reading: AbortController | undefined

/** Reads the list; `refresh` passes the cache by. Never rejects: `modelsError` says what went wrong. */
export async function readModels({ refresh = false }: { readonly refresh?: boolean } = {}): Promise<void> {
  reading?.abort()
  const { signal } = (reading = new AbortController())
  const from = provider.peek()
  if (from === undefined) {
    batch(() => {
      models.value = []
      readAt.value = modelsError.value = undefined
      isReading.value = false
    })
    return
  }
  isReading.value = true
  try {
    const list = await from.listModels({ signal, refresh })
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

let counted = ''

// Read again for every server that is connected to, when one comes back, and when its numbers have changed.
effect(() => {
  const from = provider.value
  const { modelsAvailable, modelsLoaded } = health.value ?? {}
  const counts = `${from?.endpoint} ${modelsAvailable} ${modelsLoaded}`
  if (counts === counted) return
  const refresh = from !== undefined && counted.startsWith(`${from.endpoint} `)
  counted = counts
  void readModels({ refresh })
})
