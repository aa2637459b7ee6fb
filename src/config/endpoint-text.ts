import { isURL } from '../utils/is-url.js'

const DEFAULT_HOST = '127.0.0.1'
const DEFAULT_PORT = ':1234'
/** Maximum length of a name in DNS, in characters. */
const MAX_HOST = 253

// Quotes, brackets and invisible characters, the end of a sentence, and a scheme before that of the address.
const AROUND = /^[\s\u200B"'`“”‘’<>()]+|[\s\u200B"'`“”‘’<>(),.;]+$/g
const REPEATED_SCHEME = /^(https?:\/\/)+(?=https?:\/\/)/i

// The URL parser reads the drive of a path on Windows (`C:\models`) as a scheme too, which is then refused.
const HAS_SCHEME = /^([a-z][a-z\d+.-]*:\/\/|https?:|[a-z]:\/)/i
// A name, an IPv4 address or an IPv6 address in brackets; a port; a path.
const WITHOUT_SCHEME = /^([^\s/\\?#@:*[\]]+|\[[\da-f:.]+\])?(?::(\d*))?([/?#]\S*)?$/i
// A port that is not one, or a user name and a password. The URL parser would read what is before it as a scheme.
const LIKE_PORT = /^[^/:?#]+:([-:\p{N}]|[^/]*@)/u
const BARE_IPV6 = /^[\da-f.]*:[\da-f.]*:[\da-f:.]*$/i
// A path of the server's own API. Any other is the prefix of a proxy.
const API_PATH = /^(\/+((api\/+)?v\d\S*)?)?$/
// What code writes where a value is missing, and the start of a URL or of an API key.
const NO_HOST = /^(undefined|null|true|false|nan|https?|sk-.*)$/i

/** Returns an address without what was copied along with it, and with slashes where Windows has backslashes. */
export function trimAddress(text: string): string {
  return text.replaceAll('\\', '/').replace(AROUND, '').replace(REPEATED_SCHEME, '')
}

/** Whether a text is a path, such as `/lmstudio`. */
export const isPath = (text: string): boolean => /^\.{0,2}\/(?!\/)/.test(text)

/**
 * Completes an address to a URL as far as it is clear what was meant: `localhost:1234`, `:1234` and `[::1]` lack a scheme,
 * a host or a port, and a path is at the origin of the page.
 *
 * @param isPublic - whether a host is outside this machine and private networks
 */
export function completeAddress(text: string, isPublic: (host: string) => boolean): string {
  if (/^\.{0,2}\//.test(text)) return completePath(text)
  if (HAS_SCHEME.test(text)) return text
  const address = /^\d{1,5}$/.test(text) ? `:${text}` : BARE_IPV6.test(text) ? `[${text}]` : text
  const [isAddress, host = DEFAULT_HOST, number = '', path = ''] = WITHOUT_SCHEME.exec(address) ?? []
  if (LIKE_PORT.test(text) && isAddress === undefined) return `http://${text}`
  if (isAddress === undefined || /^($|:$|[?#])/.test(address) || NO_HOST.test(host) || host.length > MAX_HOST)
    return text
  const port = number === '' ? '' : `:${number}`
  // Over the internet, plain http would show prompts to others.
  if (isPublic(host)) return `https://${host}${port}${path}`
  // A proxy listens on the usual port of HTTP.
  const usualPort = API_PATH.test(path) ? DEFAULT_PORT : ''
  return `http://${host}${port || usualPort}${path}`
}

function completePath(path: string): string {
  const page = pageURL()
  if (page === undefined) return path.startsWith('//') ? `http:${path}` : path
  try {
    return new URL(path, page).href
  } catch {
    return path
  }
}

/** Returns the address of the page or worker; `undefined` outside of one, and in one that was not served over HTTP. */
export function pageURL(): string | undefined {
  const { location, origin } = globalThis as {
    readonly location?: { readonly href?: string }
    readonly origin?: string
  }
  // Workers made from a blob and frames made from a string have their address in `origin` only.
  return [location?.href, origin].find((url) => /^https?:\/\//.test(url ?? ''))
}

/** Returns a URL that was probably meant by a text that is not an address. */
export function suggestAddress(text: string): string {
  // Anything else in a path can be a secret.
  if (isPath(text)) return `http://${DEFAULT_HOST}${DEFAULT_PORT}${/^\.*((?:\/[\w.-]+)*)\/*$/.exec(text)?.[1] ?? ''}`
  // The loopback address with a port can also be read as one address.
  const loopback = /^(?:https?:\/\/)?::1:(\d{1,5})(?:\/\S*)?$/i.exec(text)?.[1]
  if (loopback !== undefined) return `http://[::1]:${loopback}`
  const found = /^(?:([\w+.-]+):?\/\/)?([\w.-]+)(:\d+)?(?:\/\S*)?$/.exec(text)
  const [, scheme = '', host = DEFAULT_HOST, port = ''] = found ?? []
  if (found === null || NO_HOST.test(host) || /^\d+$/.test(host)) return `http://${DEFAULT_HOST}${DEFAULT_PORT}`
  const number = Number(port.slice(1))
  const isPort = number > 0 && number < 65_536
  const address = `${/^(https|wss)$/i.test(scheme) ? 'https' : 'http'}://${host}${port !== '' && !isPort ? DEFAULT_PORT : port}`
  return host.length <= MAX_HOST && isURL(address) ? address : `http://${DEFAULT_HOST}${DEFAULT_PORT}`
}
