/** Returns a result without the body that the server sent, which would repeat everything. */
export function withoutRaw<T extends { readonly raw: unknown }>(value: T): Omit<T, 'raw'> {
  const { raw: _, ...rest } = value
  return rest
}
