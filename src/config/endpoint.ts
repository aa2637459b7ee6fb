import { ConfigurationError } from '../errors/errors.js'
import { redact } from '../errors/redact.js'
import { addressSpace } from '../utils/address.js'

const API_SUFFIX = /\/+(v1|api\/v0|api\/v1)?\/*$/

/**
 * The endpoint without trailing slash or API path, or a {@link ConfigurationError}.
 *
 * @param source - where the value came from, for the error
 */
export function normalizeEndpoint(endpoint: string | URL, allowRemote: boolean, source: string): string {
  const url = parse(endpoint, source)
  const reject = (what: string, hint: string): never => {
    throw new ConfigurationError(`${source} ${what}.`, { source, hint, code: 'invalid-endpoint' })
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    reject(`has the scheme \`${url.protocol}\``, `Write it as ${suggest(endpoint)}: only http and https can be used.`)
  }
  if (url.username !== '' || url.password !== '') {
    reject('holds a user name or password', "Pass a token as `apiToken`, or a proxy's credentials as `headers`.")
  }
  if (url.search !== '' || url.hash !== '') {
    reject('has a query or a fragment', `Write it as ${url.origin}${url.pathname}.`)
  }
  const space = addressSpace(url.hostname)
  if (space === 'forbidden') {
    reject(
      `points at ${url.hostname}, which is a link-local, metadata or unspecified address`,
      `Use the address of the machine that runs LM Studio; on this machine that is http://127.0.0.1:${url.port || '1234'}.`,
    )
  }
  if (space === 'public' && !allowRemote) {
    reject(
      `points at ${url.hostname}, outside this machine and private networks`,
      'Set `allowRemote: true` if prompts may really leave your network.',
    )
  }
  let path = url.pathname
  for (let shorter = ''; (shorter = path.replace(API_SUFFIX, '')) !== path;) path = shorter
  return url.origin + path
}

function parse(endpoint: string | URL, source: string): URL {
  try {
    return new URL(String(endpoint).trim())
  } catch {
    // What follows a question mark may be a key.
    const shown = redact(
      JSON.stringify(
        String(endpoint)
          .replace(/[?#][^]*/, '…')
          .slice(0, 100),
      ),
    )
    throw new ConfigurationError(`${source} is not a URL: ${shown}.`, {
      source,
      hint: `Write it as ${suggest(endpoint)}.`,
      code: 'invalid-endpoint',
    })
  }
}

/** `localhost:1234` and `127.0.0.1:1234` lack only the scheme, `1234` the host as well; quotes are left over from a file. */
function suggest(endpoint: string | URL): string {
  const bare = String(endpoint)
    .trim()
    .replaceAll(/^["']|["']$/g, '')
  const text = bare.replace(/^:?(?=\d+$)/, '127.0.0.1:')
  const found = /^(?:[\w+.-]+:\/\/)?([\w.-]+)(:\d+)?(?:\/\S*)?$/.exec(text)
  const [, host = '127.0.0.1', port = found === null ? ':1234' : ''] = found ?? []
  return `http://${host}${Number(port.slice(1)) < 65_536 ? port : ':1234'}`
}
