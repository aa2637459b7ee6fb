// Stands in for `destr` in the bundle: ofetch parses a body only when no `responseType` is given, and we always give one.
export default (): never => {
  throw new Error('ofetch must not parse a body: lmstudio-provider parses it itself')
}
