import { InvalidRequestError } from '../errors/errors.js'
import type { JSONSchema } from '../types.js'

/**
 * Returns the part of a JSON Schema that a `$ref` such as `#/$defs/city` points to.
 *
 * @throws {@link InvalidRequestError} the reference points outside the document, or to nothing
 */
export function resolveRef(root: JSONSchema, ref: string): unknown {
  const target = findTarget(root, ref)
  if (target !== undefined) return target
  throw new InvalidRequestError(`The JSON Schema reference ${ref} cannot be resolved.`, {
    code: 'invalid-schema',
    hint: 'Use references inside the schema itself, such as `#/$defs/city`.',
  })
}

/** Whether a `$ref` points to a schema inside the document. */
export function canResolveRef(root: JSONSchema, ref: string): boolean {
  const target = findTarget(root, ref)
  return typeof target === 'boolean' || (typeof target === 'object' && target !== null)
}

function findTarget(root: JSONSchema, ref: string): unknown {
  let target: unknown = /^#(\/|$)/.test(ref) ? root : undefined
  for (const segment of ref.split('/').slice(1)) {
    const key = decodeSegment(segment).replaceAll('~1', '/').replaceAll('~0', '~')
    target =
      typeof target === 'object' && target !== null && Object.hasOwn(target, key) ? (target as never)[key] : undefined
  }
  return target
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
