// Stands in for `ufo` in the bundle: ofetch calls these only when `baseURL` or `query` is given, which we never do.
const unused = (): never => {
  throw new Error('ofetch was given baseURL or query, which lmstudio-provider does not bundle')
}
export const withBase: () => never = unused
export const withQuery: () => never = unused
