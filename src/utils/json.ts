/** A plain JSON object. */
export type JSONObject = Record<string, unknown>

/** `JSON.parse` that answers `undefined` for what is no JSON (which JSON itself never yields). */
export function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is JSONObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object without members that are `undefined`, so that they neither reach the wire nor hide a default. */
export function compact<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const result = { ...object }
  for (const key in result) if (result[key] === undefined) delete result[key]
  return result as { [K in keyof T]: Exclude<T[K], undefined> }
}
