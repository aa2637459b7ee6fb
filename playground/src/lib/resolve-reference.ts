/** Returns the part of a schema to which a reference such as `#/$defs/name` points; `undefined` if there is none. */
export function resolveReference(root: unknown, reference: string): unknown {
  let found = root
  for (const part of reference.slice(2).split('/').filter(Boolean)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    found =
      typeof found === 'object' && found !== null && Object.hasOwn(found, key)
        ? (found as Readonly<Record<string, unknown>>)[key]
        : undefined
  }
  return found
}
