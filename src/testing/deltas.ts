import type { Exchange } from './exchange.js'
import type { Generation } from './generation.js'
import type { Step } from './steps.js'

export interface Delta {
  readonly channel: 'reasoning' | 'text'
  readonly text: string
}

/** The pieces of an answer in the order they are generated. */
export function* deltas(generation: Generation): Generator<Delta> {
  for (const text of generation.reasoning) yield { channel: 'reasoning', text }
  for (const text of generation.text) yield { channel: 'text', text }
}

/** The time one token takes; nothing at the default speed. */
export function* pace(exchange: Exchange, tokens = 1): Generator<Step> {
  const { tokensPerSecond } = exchange.settings
  if (Number.isFinite(tokensPerSecond) && tokens > 0) yield { kind: 'sleep', ms: (1000 * tokens) / tokensPerSecond }
}

/** Waits as long as generating a whole answer takes. */
export async function paceWhole(exchange: Exchange, generation: Generation): Promise<void> {
  for (const step of pace(exchange, generation.usage.completion)) {
    if (step.kind === 'sleep') await exchange.waits.sleep(step.ms, exchange.signal)
  }
}

/** Whether the instance was unloaded while it was answering. */
export const isUnloaded = (exchange: Exchange, generation: Generation): boolean =>
  !exchange.state.instances.includes(generation.target.instance)
