import { addressSpace } from '../utils/address.js'
import type { Endpoint } from './endpoint.js'

/** The first port that a program can use without special rights; system services use those below. */
const FIRST_USER_PORT = 1024

/**
 * Returns what is unusual about an endpoint, as ends of a sentence that begins with “it”. A person who did not expect it may
 * have a wrong or forged setting.
 */
export function unusualAspects({ url, written }: Pick<Endpoint, 'url' | 'written'>): string[] {
  const { hostname, port, protocol } = url
  const isIPv4 = /^[\d.]+$/.test(hostname)
  const space = addressSpace(hostname)
  const isRemote = space === 'public'
  const isServicePort = port !== '' && Number(port) < FIRST_USER_PORT && port !== '80' && port !== '443'
  return [
    isRemote ? 'is outside this machine and private networks' : '',
    isRemote && protocol === 'http:' ? 'is not encrypted' : '',
    isServicePort && space !== 'loopback' ? `has port ${port}, which other services use` : '',
    // `0x7f.1`, `2130706433` and `127.1` are the same address as `127.0.0.1`, and hide it from a reader.
    isIPv4 && !written.includes(hostname) ? `writes the address ${hostname} in another notation` : '',
    /^\[(::ffff:|64:ff9b:|2002:)/.test(hostname) ? 'has an IPv4 address in IPv6 notation' : '',
    /(^|\.)xn--/.test(hostname) ? 'has a name with letters that can look like others' : '',
  ].filter(Boolean)
}
