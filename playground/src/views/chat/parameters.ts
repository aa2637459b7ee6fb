import type { Parameters } from '../../chat/types.js'

interface Slider {
  readonly name: 'temperature' | 'topP' | 'topK' | 'minP' | 'repeatPenalty' | 'presencePenalty' | 'frequencyPenalty'
  readonly label: string
  /** Meaning, range, and what does nothing. */
  readonly hint: string
  readonly min: number
  readonly max: number
  readonly step: number
  /** Where the handle stands while nothing is set: LM Studio's usual preset. */
  readonly rest: number
  /** Whether the native route takes it, too. */
  readonly isNative: boolean
}

/** The numbers that shape how tokens are chosen. */
export const SLIDERS: readonly Slider[] = [
  {
    name: 'temperature',
    label: 'Temperature',
    hint: 'Randomness, from 0. At 0 it always takes the likeliest token; above 1 it gets wild.',
    min: 0,
    max: 2,
    step: 0.05,
    rest: 0.8,
    isNative: true,
  },
  {
    name: 'topP',
    label: 'Top P',
    hint: 'Takes from the likeliest tokens that together reach this probability, 0–1. 1 takes from all.',
    min: 0,
    max: 1,
    step: 0.01,
    rest: 0.95,
    isNative: true,
  },
  {
    name: 'topK',
    label: 'Top K',
    hint: 'Takes from so many of the likeliest tokens, a whole number from 0. 0 takes from all.',
    min: 0,
    max: 200,
    step: 1,
    rest: 40,
    isNative: true,
  },
  {
    name: 'minP',
    label: 'Min P',
    hint: 'Leaves out tokens less likely than this share of the likeliest one, 0–1. 0 leaves out none.',
    min: 0,
    max: 1,
    step: 0.01,
    rest: 0.05,
    isNative: true,
  },
  {
    name: 'repeatPenalty',
    label: 'Repeat penalty',
    hint: 'Makes tokens that were there less likely, above 0. 1 does nothing.',
    min: 0.5,
    max: 2,
    step: 0.05,
    rest: 1.1,
    isNative: true,
  },
  {
    name: 'presencePenalty',
    label: 'Presence penalty',
    hint: 'Lessens tokens that were there at all, −2 to 2. 0 does nothing.',
    min: -2,
    max: 2,
    step: 0.1,
    rest: 0,
    isNative: false,
  },
  {
    name: 'frequencyPenalty',
    label: 'Frequency penalty',
    hint: 'Lessens tokens the more, the more often they were there, −2 to 2. 0 does nothing.',
    min: -2,
    max: 2,
    step: 0.1,
    rest: 0,
    isNative: false,
  },
] satisfies readonly (Slider & { readonly name: keyof Parameters })[]
