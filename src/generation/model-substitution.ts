import type { Log } from '../config/options.js'

/** What an answer says of who gave it. */
export interface Answered {
  readonly model?: string
  readonly modelInstanceId?: string
}

/**
 * Says so when another model answered than the one asked for: LM Studio serves an unknown name with whatever is loaded
 * (wire reference 9.1). A variant (`@q4_k_m`), an instance (`:2`) and a name without its publisher are the same model.
 */
export function warnOfSubstitution(
  log: Log | undefined,
  asked: string,
  { model = asked, modelInstanceId: answered = model }: Answered,
): void {
  if (asked === answered) return
  const [wanted, got] = [bare(asked), bare(answered)]
  if (wanted === got || wanted.endsWith(`/${got}`) || got.endsWith(`/${wanted}`)) return
  log?.({
    level: 'warn',
    type: 'model-substituted',
    message: `RequestContext for the model ${asked}, the server answered with ${answered}.`,
  })
}

const bare = (model: string): string => model.toLowerCase().replace(/@[^/]*$|:\d+$/, '')
