import { ConfigurationError } from '../errors/errors.js'
import type { HeadersLike } from './options.js'

/** Headers by lower-case name, or a {@link ConfigurationError} that names the bad one without quoting its value. */
export function checkHeaders(headers: HeadersLike | undefined, source: string): Record<string, string> {
  if (headers === undefined) return {}
  let name = ''
  try {
    const result = new Headers()
    for (const pair of Symbol.iterator in headers ? (headers as Iterable<[string, string]>) : Object.entries(headers)) {
      if (!Array.isArray(pair) || pair.length !== 2) throw new TypeError('no pair')
      const [key, value] = pair as [string, unknown]
      name = String(key)
      // Headers would trim a line break at the ends, and say nothing of a key that was copied wrongly.
      if (/[\r\n\0]/.test(String(value))) throw new TypeError('line break')
      if (value !== undefined) result.append(key, String(value))
    }
    return Object.fromEntries(result)
  } catch {
    throw new ConfigurationError(
      `${source} ${name === '' ? 'is not a set of headers' : `has a bad header: ${JSON.stringify(name)}`}.`,
      {
        source,
        hint: 'Give a Headers instance, an object or pairs; names and values must be plain ASCII text.',
        code: 'invalid-headers',
      },
    )
  }
}
