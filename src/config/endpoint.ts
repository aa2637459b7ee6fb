import { ConfigurationError } from '../errors/errors.js'
import { redact } from '../errors/redact.js'
import { addressSpace } from '../utils/address.js'

const API_SUFFIX = /\/+(v1|api\/v0|api\/v1)?\/*$/

/** Maximum length of the endpoint that an error quotes, in characters. */
const MAX_QUOTED = 100

/**
 * Returns the endpoint without a trailing slash and without the path of an API.
 *
 * @param source - where the value came from, for the error
 *
 * @throws {@link ConfigurationError} the endpoint is not a URL that can be used
 */
export function normalizeEndpoint(endpoint: string | URL, allowRemote: boolean, source: string): string {
  const url = parse(endpoint, source)
  const reject = (problem: string, hint: string): never => {
    throw new ConfigurationError(`${source} ${problem}.`, { source, hint, code: 'invalid-endpoint' })
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    reject(`has the scheme \`${url.protocol}\``, `Write ${suggest(endpoint)}: only http and https are supported.`)
  }
  if (url.username !== '' || url.password !== '') {
    reject(
      'contains a user name or password',
      'Pass a token as `apiToken`, or the credentials of a proxy in `headers`.',
    )
  }
  if (url.search !== '' || url.hash !== '') {
    reject('has a query or a fragment', `Write ${url.origin}${url.pathname} instead.`)
  }
  const space = addressSpace(url.hostname)
  if (space === 'forbidden') {
    reject(
      `points at ${url.hostname}, which is a link-local, metadata or unspecified address`,
      `Use the address of the machine that runs LM Studio. For this machine, use http://127.0.0.1:${url.port || '1234'}.`,
    )
  }
  if (space === 'public' && !allowRemote) {
    reject(
      `points at ${url.hostname}, outside this machine and private networks`,
      'Set `allowRemote: true` if prompts may leave your network.',
    )
  }
  let path = url.pathname
  for (let shorter = ''; (shorter = path.replace(API_SUFFIX, '')) !== path;) path = shorter
  return url.origin + path
}

function parse(endpoint: string | URL, source: string): URL {
  const text = String(endpoint)
  try {
    return new URL(text.trim())
  } catch {
    // The part after a question mark or a hash can be a key.
    const quoted = redact(JSON.stringify(text.replace(/[?#][^]*/, '…').slice(0, MAX_QUOTED)))
    throw new ConfigurationError(`${source} is not a URL: ${quoted}.`, {
      source,
      hint: `Write ${suggest(endpoint)} instead.`,
      code: 'invalid-endpoint',
    })
  }
}

/**
 * Returns a URL that was probably meant: `localhost:1234` lacks only the scheme, `1234` also the host. Quotes remain when
 * a value is copied from a file.
 */
function suggest(endpoint: string | URL): string {
  const bare = String(endpoint)
    .trim()
    .replaceAll(/^["']|["']$/g, '')
  const text = bare.replace(/^:?(?=\d+$)/, '127.0.0.1:')
  const found = /^(?:[\w+.-]+:\/\/)?([\w.-]+)(:\d+)?(?:\/\S*)?$/.exec(text)
  const [, host = '127.0.0.1', port = found === null ? ':1234' : ''] = found ?? []
  return `http://${host}${Number(port.slice(1)) < 65_536 ? port : ':1234'}`
}
