import type { Exchange } from '../exchange.js'
import type { Generation } from '../generation.js'
import type { BodyStep } from './steps.js'

/** Yields the pause for some tokens; nothing when the speed is unlimited. */
export function* pace(exchange: Exchange, tokens = 1): Generator<BodyStep> {
  const { tokensPerSecond } = exchange.settings
  if (Number.isFinite(tokensPerSecond) && tokens > 0) yield { kind: 'sleep', ms: (1000 * tokens) / tokensPerSecond }
}

/** Waits as long as the whole generation takes. */
export async function paceWhole(exchange: Exchange, generation: Generation): Promise<void> {
  for (const step of pace(exchange, generation.usage.completion)) {
    if (step.kind === 'sleep') await exchange.waits.sleep(step.ms, exchange.signal)
  }
}

/** Returns whether the instance was unloaded during the generation. */
export const isUnloaded = (exchange: Exchange, generation: Generation): boolean =>
  !exchange.state.instances.includes(generation.target.instance)
