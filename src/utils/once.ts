/**
 * Returns a function that calls `make` the first time and returns the same value from then on.
 *
 * @remarks
 * For values at module level that take a call to make, such as schemas: a bundler drops the ones that an application does
 * not use, which it cannot do for `const schema = strictObject({ ...shared })`.
 */
/* @__NO_SIDE_EFFECTS__ */
export function once<T>(make: () => T): () => T {
  let value: { readonly made: T } | undefined
  return () => (value ??= { made: make() }).made
}
