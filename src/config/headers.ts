import { ConfigurationError } from '../errors/errors.js'
import { capitalize } from '../validation/validate.js'
import type { HeadersLike } from './options.js'

// A connection that is shared by requests breaks with one of these.
const CONNECTION_HEADERS = /^(connection|content-length|expect|keep-alive|te|trailer|transfer-encoding|upgrade)$/
// https://fetch.spec.whatwg.org/#forbidden-request-header: a browser drops these silently.
const BROWSER_HEADERS =
  /^(accept-(charset|encoding)|access-control-request-.*|cookie2?|date|dnt|host|origin|referer|set-cookie|via|proxy-.*|sec-.*)$/

const isBrowser = (): boolean => 'document' in globalThis || 'WorkerGlobalScope' in globalThis

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
  let problem: string | undefined
  try {
    const result = new Headers()
    for (const pair of Symbol.iterator in headers ? (headers as Iterable<[string, string]>) : Object.entries(headers)) {
      if (!Array.isArray(pair) || pair.length !== 2) throw new TypeError('Not a pair.')
      const [key, value] = pair as [string, unknown]
      name = String(key)
      // Headers would trim a line break at either end and hide that a key was copied wrongly.
      if (/[\r\n\0]/.test(String(value))) throw new TypeError('A line break.')
      if (value === undefined) continue
      if (typeof value === 'object' || typeof value === 'function') throw new TypeError('Not a text.')
      result.append(key, String(value))
      const isForbidden =
        CONNECTION_HEADERS.test(name.toLowerCase()) || (isBrowser() && BROWSER_HEADERS.test(name.toLowerCase()))
      if (!isForbidden) continue
      problem = `contains a header that only fetch may set: ${JSON.stringify(name)}`
      throw new TypeError('A forbidden name.')
    }
    return Object.fromEntries(result)
  } catch {
    problem ??= name === '' ? 'is not a set of headers' : `contains an invalid header: ${JSON.stringify(name)}`
    throw new ConfigurationError(`${capitalize(source)} ${problem}.`, { source, code: 'invalid-headers' })
  }
}
