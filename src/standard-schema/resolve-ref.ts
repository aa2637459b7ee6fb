import { InvalidRequestError } from '../errors/request-errors.js'
import type { JSONSchema } from '../types/messages.js'

/**
 * What a reference such as `#/$defs/city` leads to.
 *
 * @throws {@link InvalidRequestError} it leads out of the document, or nowhere
 */
export function resolveRef(root: JSONSchema, ref: string): unknown {
  let found: unknown = /^#(\/|$)/.test(ref) ? root : undefined
  for (const part of ref.split('/').slice(1)) {
    const key = decode(part).replaceAll('~1', '/').replaceAll('~0', '~')
    found = typeof found === 'object' && found !== null && Object.hasOwn(found, key) ? (found as never)[key] : undefined
  }
  if (found !== undefined) return found
  throw new InvalidRequestError(`The reference ${ref} of the JSON Schema leads nowhere.`, {
    code: 'invalid-schema',
    hint: 'Only references inside the schema itself are followed, e.g. `#/$defs/city`.',
  })
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
