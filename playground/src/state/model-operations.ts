import { signal } from '@preact/signals'
import type { DownloadProgress, LoadConfig } from 'lmstudio-provider'
import { announce } from '../ui/toast.js'
import { requireProvider } from './connection.js'
import { readModels } from './models.js'

/** A load or unload that is running or has failed. */
export interface ModelOperation {
  readonly kind: 'load' | 'unload'
  readonly startedAt: number
  /** Stops waiting. LM Studio continues. */
  readonly stop: () => void
  readonly error?: unknown
}

/** By model id. Successful operations are removed. */
export const operations = signal<ReadonlyMap<string, ModelOperation>>(new Map())

export interface Download {
  readonly id: number
  readonly model: string
  readonly quantization: string | undefined
  readonly startedAt: number
  readonly state: 'running' | 'done' | 'failed' | 'detached'
  readonly progress: DownloadProgress | undefined
  readonly error?: unknown
  /** Stops watching. LM Studio continues the download. */
  readonly detach: () => void
}

/** Oldest first. */
export const downloads = signal<readonly Download[]>([])

function setOperation(model: string, value: ModelOperation | undefined): void {
  const next = new Map(operations.peek())
  if (value === undefined) next.delete(model)
  else next.set(model, value)
  operations.value = next
}

/** Removes a failed operation. */
export const dismissOperation = (model: string): void => setOperation(model, undefined)

/** Runs `task` and announces the message it returns. */
async function run(
  model: string,
  kind: ModelOperation['kind'],
  task: (signal: AbortSignal) => Promise<string>,
): Promise<void> {
  const current = operations.peek().get(model)
  if (current !== undefined && current.error === undefined) return
  const controller = new AbortController()
  const operation: ModelOperation = { kind, startedAt: Date.now(), stop: () => controller.abort() }
  setOperation(model, operation)
  try {
    announce(await task(controller.signal))
    setOperation(model, undefined)
  } catch (error) {
    setOperation(model, controller.signal.aborted ? undefined : { ...operation, error })
  }
  await readModels({ refresh: true })
}

export const loadModel = (model: string, config: LoadConfig): Promise<void> =>
  run(model, 'load', async (signal) => {
    const { wasLoaded, instanceId } = await requireProvider().loadModel(model, config, { signal })
    return wasLoaded ? `${instanceId} was already loaded.` : `${instanceId} is loaded.`
  })

/** Unloads every instance of a model, or only the given one. */
export const unloadModel = (model: string, instance = model): Promise<void> =>
  run(model, 'unload', async (signal) => {
    await requireProvider().unloadModel(instance, { signal })
    return `${instance} is unloaded.`
  })

let lastId = 0

export async function downloadModel(model: string, quantization: string | undefined): Promise<void> {
  const id = ++lastId
  const controller = new AbortController()
  const update = (changes: Partial<Download>): void => {
    downloads.value = downloads.value.map((one) => (one.id === id ? { ...one, ...changes } : one))
  }
  downloads.value = [
    ...downloads.value,
    {
      id,
      model,
      quantization,
      startedAt: Date.now(),
      state: 'running',
      progress: undefined,
      detach: () => controller.abort(),
    },
  ]
  try {
    const { status } = await requireProvider().downloadModel(
      model,
      { quantization, onProgress: (progress) => update({ progress }) },
      { signal: controller.signal },
    )
    update({ state: 'done' })
    announce(status === 'completed' ? `${model} has been downloaded.` : `${model} was already downloaded.`)
    await readModels({ refresh: true })
  } catch (error) {
    update(controller.signal.aborted ? { state: 'detached' } : { state: 'failed', error })
  }
}

/** Removes a download from the list. */
export const removeDownload = (id: number): void => {
  downloads.value = downloads.value.filter((one) => one.id !== id)
}
