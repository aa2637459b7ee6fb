import type { LogEvent } from '../types/log.js'

/**
 * Says so when another model answered than the one asked for: LM Studio serves an unknown name with whatever is loaded
 * (wire reference 9.1). A variant (`@q4_k_m`), an instance (`:2`) and a name without its publisher are the same model.
 */
export function warnOfSubstitution(
  log: ((event: LogEvent) => void) | undefined,
  asked: string,
  answered: string,
): void {
  if (asked === answered) return
  const [wanted, got] = [bare(asked), bare(answered)]
  if (wanted === got || wanted.endsWith(`/${got}`) || got.endsWith(`/${wanted}`)) return
  log?.({
    level: 'warn',
    type: 'model-substituted',
    message: `Asked for the model ${asked}, the server answered with ${answered}.`,
  })
}

const bare = (model: string): string => model.toLowerCase().replace(/@[^/]*$|:\d+$/, '')
