/**
 * Whether two names can mean one model. A variant (`@q4_k_m`), an instance (`:2`), a tag that one of them lacks
 * (`:latest`), the path and ending of a file, the date of a release and a name without its publisher make no difference.
 */
export function isSameModel(first: string, second: string): boolean {
  const [one, other] = [toKey(first), toKey(second)]
  if (one.name === '' || other.name === '') return true
  const isSameName =
    one.name === other.name || one.name.endsWith(`/${other.name}`) || other.name.endsWith(`/${one.name}`)
  return isSameName && (one.tag === other.tag || one.tag === '' || other.tag === '')
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
