import { ConfigurationError } from '../errors/errors.js'
import { redact } from '../errors/redact.js'

/** Maximum length of the value that an error quotes, in characters. */
const MAX_QUOTED = 100
const PARTS = /^([a-z][a-z\d+.-]*):\/\/([^/?#\s]+)(\S*)$/i
// No page has these schemes, and a file has the origin `null`.
const NOT_OF_PAGES = ['ftp:', 'ws:', 'wss:', 'file:']

/**
 * Returns an origin as browsers send it: `https://app.example`, without a path and without the usual port, or `null` for a
 * sandboxed page or a file.
 *
 * @throws {@link ConfigurationError} the value is not an origin
 */
export function normalizeOrigin(value: string | URL): string {
  const text = String(value).trim()
  if (text === 'null') return text
  const [, scheme = '', host = '', rest = ''] = PARTS.exec(text) ?? []
  const protocol = `${scheme.toLowerCase()}:`
  if (scheme === '') throw originError(`is not an origin: ${quote(text)}`, `Write ${suggest(text)}.`)
  if (NOT_OF_PAGES.includes(protocol)) {
    throw originError(`has the scheme \`${protocol}\``, 'Write https://app.example, or `null` for a file.')
  }
  if (host.includes('@')) throw originError('contains a user name or password', 'Write only the scheme and the host.')
  const origin = serialize(protocol, host)
  if (origin === undefined) throw originError(`is not an origin: ${quote(text)}`, 'Write https://app.example.')
  if (rest !== '' && rest !== '/') throw originError('has a path or a query', `Write ${origin}.`)
  return origin
}

/** Returns the origin, `undefined` if the host is not valid. The scheme can be that of an extension or an application. */
function serialize(protocol: string, host: string): string | undefined {
  if (protocol !== 'http:' && protocol !== 'https:') return `${protocol}//${host.toLowerCase()}`
  try {
    return new URL(`${protocol}//${host}`).origin
  } catch {
    return undefined
  }
}

const suggest = (text: string): string => (/^[\w.-]+(:\d+)?$/.test(text) ? `https://${text}` : 'https://app.example')

// The part after a question mark or a hash can be a key.
const quote = (text: string): string => redact(JSON.stringify(text.replace(/[?#][^]*/, '…').slice(0, MAX_QUOTED)))

function originError(problem: string, hint: string): ConfigurationError {
  return new ConfigurationError(`The option origin ${problem}.`, {
    source: 'the option origin',
    code: 'invalid-option',
    hint,
  })
}
