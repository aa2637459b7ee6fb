import { signal } from '@preact/signals'
import type { DownloadProgress, LoadConfig } from 'lmstudio-provider'
import { announce } from '../ui/toast.js'
import { requireProvider } from './connection.js'
import { readModels } from './models.js'

/** A model that is being loaded or unloaded, or what became of it. */
export interface Work {
  readonly kind: 'load' | 'unload'
  readonly startedAt: number
  /** Stops waiting. LM Studio goes on by itself. */
  readonly stop: () => void
  readonly error?: unknown
}

/** By model id; what has succeeded is taken out. */
export const work = signal<ReadonlyMap<string, Work>>(new Map())

export interface Download {
  readonly id: number
  readonly model: string
  readonly quantization: string | undefined
  readonly startedAt: number
  readonly state: 'running' | 'done' | 'failed' | 'left'
  readonly progress: DownloadProgress | undefined
  readonly error?: unknown
  /** Leaves it to LM Studio, which goes on. */
  readonly leave: () => void
}

/** In the order they were begun. */
export const downloads = signal<readonly Download[]>([])

function setWork(model: string, value: Work | undefined): void {
  const next = new Map(work.peek())
  if (value === undefined) next.delete(model)
  else next.set(model, value)
  work.value = next
}

/** Takes away what is told of a failure. */
export const dismissWork = (model: string): void => setWork(model, undefined)

async function run(model: string, kind: Work['kind'], done: (signal: AbortSignal) => Promise<string>): Promise<void> {
  if (work.peek().get(model)?.error === undefined && work.peek().has(model)) return
  const stopping = new AbortController()
  const begun: Work = { kind, startedAt: Date.now(), stop: () => stopping.abort() }
  setWork(model, begun)
  try {
    announce(await done(stopping.signal))
    setWork(model, undefined)
  } catch (error) {
    setWork(model, stopping.signal.aborted ? undefined : { ...begun, error })
  }
  await readModels({ refresh: true })
}

export const loadModel = (model: string, config: LoadConfig): Promise<void> =>
  run(model, 'load', async (signal) => {
    const { wasLoaded, instanceId } = await requireProvider().loadModel(model, config, { signal })
    return wasLoaded ? `${instanceId} was loaded already.` : `${instanceId} is loaded.`
  })

/** A model's id frees every instance of it, an instance's id only that one. */
export const unloadModel = (model: string, instance = model): Promise<void> =>
  run(model, 'unload', async (signal) => {
    await requireProvider().unloadModel(instance, { signal })
    return `${instance} is unloaded.`
  })

let lastId = 0

export async function downloadModel(model: string, quantization: string | undefined): Promise<void> {
  const id = ++lastId
  const leaving = new AbortController()
  const change = (part: Partial<Download>): void => {
    downloads.value = downloads.value.map((one) => (one.id === id ? { ...one, ...part } : one))
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
      leave: () => leaving.abort(),
    },
  ]
  try {
    const { status } = await requireProvider().downloadModel(
      model,
      { quantization, onProgress: (progress) => change({ progress }) },
      { signal: leaving.signal },
    )
    change({ state: 'done' })
    announce(status === 'completed' ? `${model} has been downloaded.` : `${model} was there already.`)
    await readModels({ refresh: true })
  } catch (error) {
    change(leaving.signal.aborted ? { state: 'left' } : { state: 'failed', error })
  }
}

export const dropDownload = (id: number): void => {
  downloads.value = downloads.value.filter((one) => one.id !== id)
}
