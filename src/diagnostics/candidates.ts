import { addressOf, readEndpoint } from '../config/endpoint.js'
import { ConfigurationError } from '../errors/errors.js'
import { isObject } from '../utils/json.js'
import type { DiscoverOptions } from './types.js'
import { isURL } from '../utils/is-url.js'

const DEFAULT_PORT = 1234
const DEFAULT_HOSTS = ['127.0.0.1', 'localhost', '[::1]']

/** Ports that one search may try: closed ones take a second or two. */
export const MAX_PORTS = 1_000

/** An address to try. */
export interface Candidate {
  readonly endpoint: string
  /** The endpoint with the path of an API that was given with it. */
  readonly address: string
  /** Where the address comes from. */
  readonly source: string
  /** Whether the caller chose this address, so that it may be sent the token and the headers. */
  readonly isConfigured?: boolean
}

export const isPort = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) > 0 && (value as number) < 65_536

/** Whether a value is a list of at most {@link MAX_PORTS} ports or a range of as many. */
export function isPortSelection(value: unknown): boolean {
  if (Array.isArray(value)) return value.length <= MAX_PORTS && value.every(isPort)
  if (!isObject(value)) return false
  const { from, to, ...rest } = value
  return isPort(from) && isPort(to) && from <= to && to - from < MAX_PORTS && Object.keys(rest).length === 0
}

/**
 * Returns the addresses to try in order of preference, each once.
 *
 * @param known - addresses from elsewhere, such as a config file. They come after the option `endpoint`.
 */
export function candidatesOf(
  options: DiscoverOptions,
  known: readonly Omit<Candidate, 'endpoint'>[] = [],
): Candidate[] {
  const { endpoint: configured, ports = [], hosts = [], allowRemote = false } = options
  const candidates = new Map<string, Candidate>()
  const add = (written: string | URL, source: string, isConfigured = false): void => {
    const read = readEndpoint(written, allowRemote, source)
    const { endpoint } = read
    // The first one stays: it may be the configured one.
    if (!candidates.has(endpoint))
      candidates.set(endpoint, { endpoint, address: addressOf(read), source, isConfigured })
  }
  const isRange = 'from' in ports
  const listedPorts = isRange ? [] : ports
  const localPorts = isRange ? Array.from({ length: ports.to - ports.from + 1 }, (_, i) => ports.from + i) : ports
  if (configured !== undefined) add(configured, 'the option endpoint', true)
  for (const { address, source, isConfigured } of known) add(address, source, isConfigured)
  for (const host of DEFAULT_HOSTS) add(`http://${host}:${DEFAULT_PORT}`, 'the default address')
  for (const [index, text] of hosts.entries()) {
    const { host, hasPort } = parseHost(text, index)
    if (hasPort) add(`http://${host}`, 'the option hosts')
    else for (const port of [DEFAULT_PORT, ...listedPorts]) add(`http://${host}:${port}`, 'the option hosts')
  }
  for (const port of localPorts) add(`http://127.0.0.1:${port}`, 'the option ports')
  return [...candidates.values()]
}

// A name, an IPv4 address or an IPv6 address in brackets, and an optional port.
const HOST = /^(?:[^\s/\\?#@:*[\]]+|\[[\da-f:.]+\])(?::(\d+))?$/i
const BARE_IPV6 = /^[\da-f.]*:[\da-f.]*:[\da-f:.]*$/i

/** Returns a host as it is written in a URL. */
function parseHost(text: string, index: number): { readonly host: string; readonly hasPort: boolean } {
  const host = BARE_IPV6.test(text) ? `[${text}]` : text
  const [isHost, port] = HOST.exec(host) ?? []
  if (isHost !== undefined && (port === undefined || isPort(Number(port))) && isURL(`http://${host}`)) {
    return { host, hasPort: port !== undefined }
  }
  // The text is not quoted: it may contain a password.
  throw new ConfigurationError(`The option hosts[${index}] is not a host name or an address.`, {
    source: `the option hosts[${index}]`,
    code: 'invalid-option',
    hint: 'Use the form gpu-box, 192.168.1.20:1234 or [fd12::20], or pass an address with a scheme or a path as `endpoint`.',
  })
}
