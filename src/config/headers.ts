import { ConfigurationError } from '../errors/errors.js'
import { capitalize } from '../validation/validate.js'
import type { HeadersLike } from './options.js'

/**
 * Returns the headers by lower-case name.
 *
 * @param source - where the headers came from, for the error
 *
 * @throws {@link ConfigurationError} names the invalid header, but never its value
 */
export function checkHeaders(headers: HeadersLike | undefined, source: string): Record<string, string> {
  if (headers === undefined) return {}
  let name = ''
  try {
    const result = new Headers()
    for (const pair of Symbol.iterator in headers ? (headers as Iterable<[string, string]>) : Object.entries(headers)) {
      if (!Array.isArray(pair) || pair.length !== 2) throw new TypeError('Not a pair.')
      const [key, value] = pair as [string, unknown]
      name = String(key)
      // Headers would trim a line break at either end and hide that a key was copied wrongly.
      if (/[\r\n\0]/.test(String(value))) throw new TypeError('A line break.')
      if (value !== undefined) result.append(key, String(value))
    }
    return Object.fromEntries(result)
  } catch {
    const problem = name === '' ? 'is not a set of headers' : `contains an invalid header: ${JSON.stringify(name)}`
    throw new ConfigurationError(`${capitalize(source)} ${problem}.`, { source, code: 'invalid-headers' })
  }
}
