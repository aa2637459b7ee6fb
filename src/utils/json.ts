/** A plain JSON object. */
export type JSONObject = Record<string, unknown>

/** Parses JSON; returns `undefined`, which JSON cannot contain, for a text that is not JSON. */
export function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** Tests whether a value is an object, and neither `null` nor an array. */
export function isObject(value: unknown): value is JSONObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns a copy without members that are `undefined`, so that they are not sent and do not hide a default. */
export function compact<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const result = { ...object }
  for (const key in result) if (result[key] === undefined) delete result[key]
  return result as { [K in keyof T]: Exclude<T[K], undefined> }
}
