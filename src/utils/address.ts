/** How far away a host is, as far as its name or address tells. */
export type AddressSpace = 'loopback' | 'private' | 'forbidden' | 'public'

// Cloud metadata services: never a model server, always a way to steal credentials.
const METADATA = new Set([
  'metadata.google.internal',
  'metadata.goog',
  'metadata',
  'instance-data.ec2.internal',
  'instance-data',
  '100.100.100.200',
  '168.63.129.16',
])
const LOCAL_SUFFIX = /\.(local|lan|home|internal|localdomain|home\.arpa|test)$/

/**
 * Sorts a host as `URL.hostname` spells it (which has already turned `0x7f.1` and the like into dotted form).
 * Names that are bare labels or end in a suffix reserved for home networks count as private.
 */
export function addressSpace(hostname: string): AddressSpace {
  const host = hostname.toLowerCase().replace(/\.$/, '')
  if (METADATA.has(host)) return 'forbidden'
  if (host.startsWith('[')) return ipv6Space(host.slice(1, -1))
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return ipv4Space(host.split('.').map(Number))
  if (host === 'localhost' || host.endsWith('.localhost')) return 'loopback'
  return !host.includes('.') || LOCAL_SUFFIX.test(host) ? 'private' : 'public'
}

function ipv4Space([a = 0, b = 0]: number[]): AddressSpace {
  if (a === 127) return 'loopback'
  // 0.0.0.0 is where a server listens, not where it is reached.
  if (a === 0 || a >= 224 || (a === 169 && b === 254)) return 'forbidden'
  const isPrivate =
    a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128)
  return isPrivate ? 'private' : 'public'
}

function ipv6Space(host: string): AddressSpace {
  if (host === '::1') return 'loopback'
  if (host === '::') return 'forbidden'
  // An IPv4 address in IPv6 clothes: mapped, compatible, or behind NAT64.
  const dressed = /^(?:::ffff:|::|64:ff9b::)([0-9a-f]+):([0-9a-f]+)$/.exec(host)
  if (dressed !== null) {
    const high = Number.parseInt(dressed[1]!, 16)
    const low = Number.parseInt(dressed[2]!, 16)
    return ipv4Space([high >> 8, high & 255, low >> 8, low & 255])
  }
  if (host.startsWith('fd00:ec2:')) return 'forbidden'
  const first = Number.parseInt(host.split(':')[0] || '0', 16)
  // Link-local and multicast.
  if ((first & 0xffc0) === 0xfe80 || first >= 0xff00) return 'forbidden'
  return (first & 0xfe00) === 0xfc00 ? 'private' : 'public'
}
