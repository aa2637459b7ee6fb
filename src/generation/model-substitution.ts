import type { Log } from '../config/options.js'

/** What a response says about the model that produced it. */
export interface Answered {
  readonly model?: string
  readonly modelInstanceId?: string
}

/**
 * Logs a warning when another model answered than the requested one: LM Studio serves an unknown name with whatever is
 * loaded (docs/http-api.md 9.1). A variant (`@q4_k_m`), an instance (`:2`) and a name without its publisher are the same
 * model.
 */
export function warnAboutSubstitution(
  log: Log | undefined,
  requested: string,
  { model = requested, modelInstanceId: actual = model }: Answered,
): void {
  if (requested === actual) return
  const [wanted, got] = [modelKey(requested), modelKey(actual)]
  if (wanted === got || wanted.endsWith(`/${got}`) || got.endsWith(`/${wanted}`)) return
  log?.({
    level: 'warn',
    type: 'model-substituted',
    message: `The server answered with the model ${actual} instead of ${requested}.`,
  })
}

const modelKey = (model: string): string => model.toLowerCase().replace(/@[^/]*$|:\d+$/, '')
