import { ConfigurationError } from '../errors/errors.js'
import { redact } from '../errors/redact.js'
import { addressSpace } from '../utils/address.js'
import { USUAL_BASE_PATH } from './base-paths.js'
import { completeAddress, isPath, pageURL, suggestAddress, trimAddress } from './endpoint-text.js'

const API_SUFFIX = /\/+(v1|api\/v0|api\/v1)?\/*$/

// `/chat/completions` is a route wherever it is; the others are routes below the path of an API.
const ROUTES = [
  /()\/+(chat\/+completions|lmstudio-greeting)\/*$/,
  /(\/(?:api|v\d[^/]*))\/+(completions|embeddings|responses|messages|chat|models(\/.*)?)\/*$/,
]

/** Maximum length of an endpoint, in characters. */
const MAX_LENGTH = 2048

/** Maximum length of the endpoint that an error quotes, in characters. */
const MAX_QUOTED = 100

/** A parsed address. */
export interface Endpoint {
  /** Without a trailing slash and without the path of an API. */
  readonly endpoint: string
  /** The path of an API at its end, such as `/api/v1`; empty for none. */
  readonly apiPath: string
  readonly url: URL
  /** The URL as it was written, with missing parts added. */
  readonly written: string
}

/**
 * Reads an endpoint as people write it.
 *
 * @param source - where the value came from, for the error
 *
 * @throws {@link ConfigurationError} the endpoint is invalid or not allowed
 */
export function readEndpoint(endpoint: string | URL, allowRemote: boolean, source: string): Endpoint {
  const original = String(endpoint)
  const text = original.length > MAX_LENGTH ? '' : trimAddress(original)
  const { url, written } = parse(text, original, source)
  const reject = (problem: string, hint: string): never => {
    throw new ConfigurationError(`${source} ${problem}.`, { source, hint, code: 'invalid-endpoint' })
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    reject(`has the scheme \`${url.protocol}\``, `Write ${suggestAddress(text)}: only http and https are supported.`)
  }
  if (url.username !== '' || url.password !== '') {
    reject(
      'contains a user name or password',
      'Pass a token as `apiToken`, or the credentials of a proxy in `headers`.',
    )
  }
  // It can also be read as the IPv6 address 0:0:0:0:0:0:1:1234, which is never a server.
  if (/^::1:\d{1,5}(\/\S*)?$/.test(text)) {
    reject('is an IPv6 address with a port, without brackets', `Write ${suggestAddress(text)} instead.`)
  }
  // A template such as `http://${host}:1234` writes these where a value is missing.
  if (/^(undefined|null)$/.test(url.hostname)) {
    reject(`has the host \`${url.hostname}\``, `Write ${suggestAddress('')}, or set the variable that holds the host.`)
  }
  // A URL can hold what the name of a host cannot: `http://${host}`, `http;//localhost`.
  if (!/^([\w.-]+|\[.*\])$/.test(url.hostname)) {
    reject(
      `has the host \`${url.hostname}\``,
      `Write ${suggestAddress('')}: a host has only letters, digits, dots and hyphens.`,
    )
  }
  if (url.port === '0') reject('has the port 0', `Write ${suggestAddress(text)} instead.`)
  const path = ROUTES.reduce((shorter, route) => shorter.replace(route, '$1'), url.pathname)
  // A query belongs to the route that it was copied with.
  if (path === url.pathname && (url.search !== '' || url.hash !== '')) {
    reject('has a query or a fragment', `Write ${url.origin}${url.pathname} instead.`)
  }
  const space = addressSpace(url.hostname)
  if (space === 'forbidden') {
    reject(
      `points at ${url.hostname}, which is a link-local, metadata or unspecified address`,
      `Use the address of the machine that runs LM Studio. For this machine, use http://127.0.0.1:${url.port || '1234'}.`,
    )
  }
  if (space === 'public' && !allowRemote && !isOwnOrigin(url)) {
    reject(
      `points at ${url.hostname}, outside this machine and private networks`,
      'Set `allowRemote: true` if prompts may leave your network.',
    )
  }
  let prefix = path
  for (let shorter = ''; (shorter = prefix.replace(API_SUFFIX, '')) !== prefix;) prefix = shorter
  const apiPath = path.slice(prefix.length).replaceAll(/\/+(?=\/|$)/g, '')
  return { endpoint: url.origin + prefix, apiPath, url, written }
}

/** Returns the endpoint with the path of an API that is not the usual one: a server can have its routes there. */
export function addressOf({ endpoint, apiPath }: Endpoint): string {
  return apiPath === USUAL_BASE_PATH ? endpoint : endpoint + apiPath
}

/** Whether an address is at the origin of the page, which a page can always reach: that of a proxy for LM Studio. */
function isOwnOrigin({ origin }: URL): boolean {
  const page = pageURL()
  return page !== undefined && new URL(page).origin === origin
}

function parse(text: string, original: string, source: string): Pick<Endpoint, 'url' | 'written'> {
  const isPublic = (host: string): boolean => addressSpace(new URL(`http://${host}`).hostname) === 'public'
  try {
    const written = completeAddress(text, isPublic)
    return { url: new URL(written), written }
  } catch {
    // The part before an at sign can be a password; the one after a question mark or a hash can be a key.
    const shown = original
      .replace(/[?#][^]*/, '…')
      .replace(/[^]*@/, '…@')
      .slice(0, MAX_QUOTED)
    const problem = isPath(text) ? 'is a path outside of a web page' : 'is not a URL'
    throw new ConfigurationError(`${source} ${problem}: ${redact(JSON.stringify(shown))}.`, {
      source,
      hint: `Write ${suggestAddress(text)} instead.`,
      code: 'invalid-endpoint',
    })
  }
}
