import type { Parameters } from '../../chat/types.js'

interface Slider {
  readonly name: 'temperature' | 'topP' | 'topK' | 'minP' | 'repeatPenalty' | 'presencePenalty' | 'frequencyPenalty'
  readonly label: string
  /** Meaning, range and the neutral value. */
  readonly hint: string
  readonly min: number
  readonly max: number
  readonly step: number
  /** Position of the handle while no value is set: LM Studio's default preset. */
  readonly initial: number
  /** Whether the native route supports it. */
  readonly isNative: boolean
}

/** The sampling parameters. */
export const SLIDERS: readonly Slider[] = [
  {
    name: 'temperature',
    label: 'Temperature',
    hint: 'Randomness, at least 0. With 0 the most likely token is always chosen; above 1 the text becomes erratic.',
    min: 0,
    max: 2,
    step: 0.05,
    initial: 0.8,
    isNative: true,
  },
  {
    name: 'topP',
    label: 'Top P',
    hint: 'Samples from the most likely tokens whose probabilities add up to this value, 0–1. 1 disables it.',
    min: 0,
    max: 1,
    step: 0.01,
    initial: 0.95,
    isNative: true,
  },
  {
    name: 'topK',
    label: 'Top K',
    hint: 'Samples from this many of the most likely tokens. 0 disables it.',
    min: 0,
    max: 200,
    step: 1,
    initial: 40,
    isNative: true,
  },
  {
    name: 'minP',
    label: 'Min P',
    hint: 'Excludes tokens whose probability is below this fraction of the most likely one, 0–1. 0 disables it.',
    min: 0,
    max: 1,
    step: 0.01,
    initial: 0.05,
    isNative: true,
  },
  {
    name: 'repeatPenalty',
    label: 'Repeat penalty',
    hint: 'Makes tokens that already occurred less likely, above 0. 1 disables it.',
    min: 0.5,
    max: 2,
    step: 0.05,
    initial: 1.1,
    isNative: true,
  },
  {
    name: 'presencePenalty',
    label: 'Presence penalty',
    hint: 'Penalizes tokens that already occurred, −2 to 2. 0 disables it.',
    min: -2,
    max: 2,
    step: 0.1,
    initial: 0,
    isNative: false,
  },
  {
    name: 'frequencyPenalty',
    label: 'Frequency penalty',
    hint: 'Penalizes tokens by how often they already occurred, −2 to 2. 0 disables it.',
    min: -2,
    max: 2,
    step: 0.1,
    initial: 0,
    isNative: false,
  },
] satisfies readonly (Slider & { readonly name: keyof Parameters })[]
