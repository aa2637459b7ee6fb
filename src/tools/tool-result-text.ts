import { isObject } from '../utils/json.js'

/**
 * Converts the return value of a tool to the text that the model receives.
 *
 * @throws TypeError the value has no JSON form: it is circular, a function or a symbol, or it is or contains an object
 * that JSON would turn into `{}` (a `Response`, a `Map`, a promise)
 */
export function toResultText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined) return 'Done. The tool returned nothing.'
  let text: string | undefined
  try {
    text = JSON.stringify(value, (_key, nested: unknown) => {
      if (losesContent(nested)) throw new TypeError(`${nested.constructor.name} would become {}`)
      return typeof nested === 'bigint' ? String(nested) : nested
    })
  } catch (cause) {
    throw new TypeError(`The tool result cannot be serialized: ${(cause as Error).message.split('\n')[0]}`, { cause })
  }
  if (text === undefined) throw new TypeError(`The tool result cannot be serialized: it is a ${typeof value}.`)
  return text
}

/** Whether JSON would turn an object with content into `{}`, which the model would take for an empty result. */
function losesContent(value: unknown): value is object {
  if (!isObject(value) || Object.keys(value).length > 0) return false
  const prototype = Object.getPrototypeOf(value) as object | null
  // Compared by depth, because a plain object of another realm has another Object.prototype.
  return prototype !== null && Object.getPrototypeOf(prototype) !== null
}
