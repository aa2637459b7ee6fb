/** Returns the regular expression of a JSON Schema pattern; `undefined` if it is not one. */
export function toRegExp(pattern: string): RegExp | undefined {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(pattern, flags)
    } catch {
      // Without `u`, because older schemas escape characters that a Unicode pattern does not allow to be escaped.
    }
  }
  return undefined
}

/** Whether a value can be the pattern of a JSON Schema. */
export const isPattern = (value: unknown): boolean => typeof value === 'string' && toRegExp(value) !== undefined
