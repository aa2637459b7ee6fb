import * as v from 'valibot'
import { samplingEntries } from '../generation/sampling.js'
import { compact } from '../utils/json.js'
import { once } from '../utils/once.js'
import { type EntriesOf, name, whole } from '../validation/schema.js'
import { validateOptions } from '../validation/validate.js'
import type { LMStudioEmbeddingSettings, LMStudioModelSettings } from './types.js'

const modelSchema = /* @__PURE__ */ once(() => {
  const { minP, repeatPenalty, logitBias, ttlSeconds, draftModel, extraBody } = samplingEntries
  const entries = { minP, repeatPenalty, logitBias, ttlSeconds, draftModel, extraBody }
  return v.strictObject({
    reasoningEffort: v.optional(name),
    ...entries,
  } satisfies EntriesOf<LMStudioModelSettings>)
})

const embeddingSchema = /* @__PURE__ */ once(() =>
  v.strictObject({
    batchSize: whole(1, 10_000),
    concurrency: whole(1, 1000),
  } satisfies EntriesOf<LMStudioEmbeddingSettings>),
)

type ProviderOptions = { readonly [provider: string]: unknown } | undefined

const IN_CALL = 'the providerOptions.lmstudio option'

/**
 * Checks the settings of a language model.
 *
 * @throws {@link ConfigurationError} a setting is wrong or unknown
 */
export const checkModelSettings = (settings: unknown, kind = 'the model setting'): void =>
  validateOptions(modelSchema(), settings, kind)

/**
 * Checks the settings of an embedding model.
 *
 * @throws {@link ConfigurationError} a setting is wrong or unknown
 */
export const checkEmbeddingSettings = (settings: unknown, kind = 'the model setting'): void =>
  validateOptions(embeddingSchema(), settings, kind)

/**
 * Returns the settings of one call: those of the model, replaced by `providerOptions.lmstudio`.
 *
 * @param check - checks the latter
 *
 * @throws {@link ConfigurationError} an option is wrong or unknown
 */
export function settingsOfCall<Settings extends object>(
  settings: Settings,
  providerOptions: ProviderOptions,
  check: (options: unknown, kind: string) => void,
): Settings {
  const options = providerOptions?.['lmstudio']
  if (options === undefined) return settings
  check(options, IN_CALL)
  return { ...settings, ...compact(options as Settings) }
}
