/** How far away a host is, judged by its name or address. */
export type AddressSpace = 'loopback' | 'private' | 'forbidden' | 'public'

// Metadata services of clouds: they are never a model server, and they hand out credentials.
const METADATA_HOSTS: readonly string[] = [
  'metadata.google.internal',
  'metadata.goog',
  'metadata',
  'instance-data.ec2.internal',
  'instance-data',
  '100.100.100.200',
  '168.63.129.16',
]
const LOCAL_SUFFIX = /\.(local|lan|home|internal|localdomain|home\.arpa|test)$/

/**
 * Returns the address space of a host.
 *
 * @remarks
 * A name without a dot, or with a suffix that is reserved for home networks, is private.
 *
 * @param hostname - as in `URL.hostname`, which has already converted `0x7f.1` and the like to dotted form
 */
export function addressSpace(hostname: string): AddressSpace {
  const host = hostname.toLowerCase().replace(/\.$/, '')
  if (METADATA_HOSTS.includes(host)) return 'forbidden'
  if (host.startsWith('[')) return ipv6Space(host.slice(1, -1))
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return ipv4Space(host.split('.').map(Number))
  if (host === 'localhost' || host.endsWith('.localhost')) return 'loopback'
  return !host.includes('.') || LOCAL_SUFFIX.test(host) ? 'private' : 'public'
}

function ipv4Space([a = 0, b = 0]: number[]): AddressSpace {
  if (a === 127) return 'loopback'
  // A server listens on 0.0.0.0, but clients cannot reach it there.
  if (a === 0 || a >= 224 || (a === 169 && b === 254)) return 'forbidden'
  const isPrivate =
    a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128)
  return isPrivate ? 'private' : 'public'
}

function ipv6Space(host: string): AddressSpace {
  if (host === '::1') return 'loopback'
  if (host === '::') return 'forbidden'
  // An IPv4 address in IPv6 notation: mapped, compatible, or behind NAT64.
  const embedded = /^(?:::ffff:|::|64:ff9b::)([0-9a-f]+):([0-9a-f]+)$/.exec(host)
  if (embedded !== null) {
    const high = Number.parseInt(embedded[1]!, 16)
    const low = Number.parseInt(embedded[2]!, 16)
    return ipv4Space([high >> 8, high & 255, low >> 8, low & 255])
  }
  if (host.startsWith('fd00:ec2:')) return 'forbidden'
  const first = Number.parseInt(host.split(':')[0] || '0', 16)
  // Link-local and multicast.
  if ((first & 0xffc0) === 0xfe80 || first >= 0xff00) return 'forbidden'
  return (first & 0xfe00) === 0xfc00 ? 'private' : 'public'
}
