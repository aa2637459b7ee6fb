import type { ModelInfo } from '../../models/types.js'

interface Choice {
  readonly models: readonly ModelInfo[]
  readonly allowLoad: boolean
  /** The model that the person names. */
  readonly model: string | undefined
}

/** The model to use, or why there is none. */
export type ChosenModel =
  | { readonly id: string; readonly reason?: undefined }
  | { readonly id?: undefined; readonly reason: string }

/** Chooses a model for chats. A request to a model that is not loaded would load it, so only a loaded one is chosen. */
export function chooseChatModel({ models, allowLoad, model }: Choice): ChosenModel {
  const candidates = models.filter(({ capabilities, id }) => capabilities.chat !== false && !isEmbedding(id))
  return choose({ candidates, allowLoad, model, kind: 'chat', option: '--model' })
}

export function chooseEmbeddingModel({ models, allowLoad, model }: Choice): ChosenModel {
  const candidates = models.filter(({ type, id }) => type === 'embedding' || (type === 'unknown' && isEmbedding(id)))
  return choose({ candidates, allowLoad, model, kind: 'embedding', option: '--embedding-model' })
}

export function chooseDecisionModel({ models, allowLoad, model }: Choice): ChosenModel {
  const candidates = models.filter(({ type }) => type === 'decision')
  return choose({ candidates, allowLoad, model, kind: 'decision', option: '--decision-model' })
}

/** Lists without types leave only the name. */
const isEmbedding = (id: string): boolean => /embed|bge-|minilm/i.test(id)

interface Candidates {
  readonly candidates: readonly ModelInfo[]
  readonly allowLoad: boolean
  readonly model: string | undefined
  readonly kind: string
  readonly option: string
}

function choose({ candidates, allowLoad, model, kind, option }: Candidates): ChosenModel {
  if (model !== undefined) return { id: model }
  if (candidates.length === 0) return { reason: `no ${kind} model is in the list; name one with ${option}` }
  const ready =
    candidates.find(({ state }) => state === 'loaded') ?? candidates.find(({ state }) => state === 'unknown')
  const chosen = ready ?? (allowLoad ? smallest(candidates) : undefined)
  return chosen === undefined
    ? { reason: `no ${kind} model is loaded; pass ${option} or --allow-load` }
    : { id: chosen.id }
}

/** Returns the smallest model of a list that is not empty. */
export function smallest(models: readonly ModelInfo[]): ModelInfo {
  const size = ({ sizeBytes = Number.POSITIVE_INFINITY }: ModelInfo): number => sizeBytes
  return models.reduce((best, model) => (size(model) < size(best) ? model : best))
}
