import type { ModelInfo } from 'lmstudio-provider'

export type SortKey = 'name' | 'type' | 'parameters' | 'size' | 'quantization' | 'context' | 'state'

export interface Sorting {
  readonly key: SortKey
  readonly isDescending: boolean
}

export const CAPABILITIES = ['vision', 'toolUse', 'reasoning'] as const
export type Capability = (typeof CAPABILITIES)[number]

export interface Filter {
  readonly text: string
  /** `''`: all. */
  readonly type: string
  readonly state: string
  readonly capability: Capability | ''
}

export const NO_FILTER: Filter = { text: '', type: '', state: '', capability: '' }

export const nameOf = ({ displayName, id }: ModelInfo): string => displayName ?? id

/** Whether the model is known to have the capability. */
export function has({ capabilities, type }: ModelInfo, capability: Capability): boolean {
  if (capability === 'vision') return capabilities.vision === true || type === 'vlm'
  return capability === 'toolUse' ? capabilities.toolUse === true : capabilities.reasoning !== undefined
}

/** Filters models. Every word of the text must occur in some property of the model. */
export function filterModels(models: readonly ModelInfo[], { text, type, state, capability }: Filter): ModelInfo[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return models.filter((model) => {
    if (type !== '' && model.type !== type) return false
    if (state !== '' && model.state !== state) return false
    if (capability !== '' && !has(model, capability)) return false
    const { id, displayName, publisher, architecture, quantization, parameters, format } = model
    const searched = [id, displayName, publisher, architecture, quantization, parameters, format]
      .join(' ')
      .toLowerCase()
    return words.every((word) => searched.includes(word))
  })
}

const STATES = ['loaded', 'not-loaded', 'unknown']

// `26B-A4B` is 26, `350M` is 0.35.
function billions(parameters: string | undefined): number | undefined {
  const [, number, unit] = /^([\d.]+)\s*([BMT])/i.exec(parameters ?? '') ?? []
  if (number === undefined) return undefined
  const scale: Record<string, number> = { M: 1e-3, B: 1, T: 1e3 }
  return Number(number) * (scale[unit!.toUpperCase()] ?? 1)
}

const VALUES: Readonly<Record<SortKey, (model: ModelInfo) => string | number | undefined>> = {
  name: nameOf,
  type: ({ type }) => type,
  parameters: ({ parameters }) => billions(parameters),
  size: ({ sizeBytes }) => sizeBytes,
  quantization: ({ quantization }) => quantization,
  context: ({ maxContextLength }) => maxContextLength,
  state: ({ state }) => STATES.indexOf(state),
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Returns a sorted copy. Unknown values come last in both directions; equal values are sorted by name. */
export function sortModels(models: readonly ModelInfo[], { key, isDescending }: Sorting): ModelInfo[] {
  const value = VALUES[key]
  const sign = isDescending ? -1 : 1
  return [...models].sort((a, b) => {
    const x = value(a)
    const y = value(b)
    if (x === undefined || y === undefined) {
      if (x !== y) return x === undefined ? 1 : -1
    } else {
      const order = typeof x === 'number' && typeof y === 'number' ? x - y : collator.compare(String(x), String(y))
      if (order !== 0) return order * sign
    }
    return collator.compare(nameOf(a), nameOf(b))
  })
}
