import type { Config } from '../config/options.js'
import { ModelNotFoundError } from '../errors/errors.js'
import { attachHidden } from '../errors/provider-error.js'
import { foreignName } from '../http/foreign-text.js'

interface Substitution {
  readonly requested: string
  readonly actual: string
  /** What arrived of the response. */
  readonly response: object
}

/**
 * Logs a warning when another model answered than the requested one, or throws an error if the application wants one: LM
 * Studio serves an unknown name with whatever is loaded (docs/http-api.md 9.1).
 *
 * @throws {@link ModelNotFoundError} with the code `model-substituted`, if `onModelSubstituted` is `error`
 */
export function reportSubstitution(config: Config, { requested, actual, response }: Substitution): void {
  if (isSameModel(requested, actual)) return
  const { log, endpoint, onModelSubstituted } = config
  const [answered, asked] = [foreignName(config, actual), foreignName(config, requested)]
  const message = `The server answered with the model ${answered} instead of ${asked}.`
  if (onModelSubstituted === 'error') {
    const error = new ModelNotFoundError(message, { code: 'model-substituted', endpoint, model: requested })
    attachHidden(error, 'partial', response)
    throw error
  }
  log?.({ level: 'warn', type: 'model-substituted', message })
}

/**
 * Whether two names can mean one model. A variant (`@q4_k_m`), an instance (`:2`), a tag that one of them lacks
 * (`:latest`), the path and ending of a file, the date of a release and a name without its publisher make no difference.
 */
function isSameModel(requested: string, actual: string): boolean {
  const [wanted, got] = [toKey(requested), toKey(actual)]
  if (wanted.name === '' || got.name === '') return true
  const isSameName =
    wanted.name === got.name || wanted.name.endsWith(`/${got.name}`) || got.name.endsWith(`/${wanted.name}`)
  return isSameName && (wanted.tag === got.tag || wanted.tag === '' || got.tag === '')
}

function toKey(model: string): { readonly name: string; readonly tag: string } {
  const path = model.trim().toLowerCase().replaceAll('\\', '/').replace(/\/+$/, '')
  const withoutVariant = path.replace(/@[^/]*$/, '')
  const tag = /:([^/:]*)$/.exec(withoutVariant)?.[1] ?? ''
  const name = withoutVariant
    .replace(/:[^/:]*$/, '')
    .replace(/\.(gguf|safetensors|bin)$/, '')
    .replace(/-(\d{4}-\d{2}-\d{2}|\d{8}|latest)$/, '')
    // The quantization in the name of a file.
    .replace(/[-.](i?q\d+(_[\da-z]+)*|f16|bf16|f32|fp16|fp8|mxfp4)$/, '')
  return { name, tag: /^(\d+|latest)$/.test(tag) ? '' : tag }
}
