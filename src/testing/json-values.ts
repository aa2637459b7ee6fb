/** A JSON object whose keys are not known yet. */
export type JSONObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JSONObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const asObject = (value: unknown): JSONObject => (isObject(value) ? value : {})
export const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
export const asString = (value: unknown): string => (typeof value === 'string' ? value : '')

/**
 * Returns a token count; `-1` means "no limit" to LM Studio, so it is `undefined` like everything that is not a count.
 */
export const asCount = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined

export const asStringList = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : asArray(value).filter((one): one is string => typeof one === 'string')
