import { isObject } from '../utils/json.js'

/**
 * What a tool returned, as text for the model.
 *
 * @throws TypeError it is no JSON: it holds itself, is a function or a symbol, or is or holds what JSON would say nothing of
 * (a `Response`, a `Map`, a promise …)
 */
export function toContent(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined) return 'Done. The tool returned nothing.'
  let text: string | undefined
  try {
    text = JSON.stringify(value, (_key, inner: unknown) => {
      if (isMute(inner)) throw new TypeError(`nothing of a ${inner.constructor.name} can be said in it`)
      return typeof inner === 'bigint' ? String(inner) : inner
    })
  } catch (cause) {
    throw new TypeError(`The result of the tool is no JSON: ${(cause as Error).message.split('\n')[0]}`, { cause })
  }
  if (text === undefined) throw new TypeError(`The result of the tool is no JSON: it is a ${typeof value}.`)
  return text
}

/** Whether JSON makes `{}` of it although there is something in it: the model would take that for an empty answer. */
function isMute(value: unknown): value is object {
  if (!isObject(value) || Object.keys(value).length > 0) return false
  const prototype = Object.getPrototypeOf(value) as object | null
  // Plain objects may be of another realm.
  return prototype !== null && Object.getPrototypeOf(prototype) !== null
}
