// Stands in for `destr` in the bundle: ofetch parses a body only when no `responseType` is given, and we always give one.
export default (): never => {
  throw new Error('ofetch was asked to parse a body, which lmstudio-provider does itself')
}
