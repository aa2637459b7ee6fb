/** How far away a host is, judged by its name or address. */
export type AddressSpace = 'loopback' | 'private' | 'forbidden' | 'public'

// Metadata services of clouds: they are never a model server, and they hand out credentials. Other link-local addresses are
// forbidden too.
const METADATA_HOSTS: readonly string[] = [
  'metadata.goog',
  'metadata.packet.net',
  'metadata.platformequinix.com',
  'metadata.tencentyun.com',
]
// In the name of a private network, one label is enough: `metadata.azure.internal`.
const METADATA_LABEL = /(^|\.)((rancher-)?metadata|instance-data)(\.|$)/
const METADATA_IPV4: readonly string[] = [
  '169.254.169.254',
  '100.100.100.200',
  '100.96.0.96',
  '168.63.129.16',
  '192.0.0.192',
]
/** The first groups of the metadata services with an IPv6 address: of AWS, Google, Oracle and Scaleway. */
const METADATA_IPV6 = ['fd00:ec2:', 'fd20:ce:0:0:0:0:0:254', 'fd00:c1:0:0:0:0:a9fe:a9fe', 'fd00:42:0:0:0:0:0:42']

// Suffixes of home and company networks, and of Tailscale's private networks.
const LOCAL_SUFFIX = /\.(local|lan|home|internal|localdomain|home\.arpa|test|ts\.net)$/
// The URL parser writes names with other letters in this form. Such a name can look like `localhost`.
const PUNYCODE = /^xn--/

/**
 * Returns the address space of a host.
 *
 * @remarks
 * A name without a dot, or with a suffix that is reserved for home networks, is private. IPv6 addresses that contain an IPv4
 * address have the space of that address.
 *
 * @param hostname - as in `URL.hostname`, which has already converted `0x7f.1` and the like to dotted form
 */
export function addressSpace(hostname: string): AddressSpace {
  const host = hostname.toLowerCase().replace(/\.+$/, '')
  if (host.startsWith('[')) return ipv6Space(parseIPv6(host.slice(1, -1)))
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return ipv4Space(host.split('.').map(Number))
  if (host === 'localhost' || host.endsWith('.localhost')) return 'loopback'
  if (METADATA_HOSTS.includes(host) || spellsMetadataAddress(host)) return 'forbidden'
  const isOneWord = !host.includes('.') && !PUNYCODE.test(host)
  const isLocal = isOneWord || LOCAL_SUFFIX.test(host)
  if (isLocal && METADATA_LABEL.test(host)) return 'forbidden'
  return isLocal ? 'private' : 'public'
}

/**
 * Whether a name contains a metadata or link-local address. DNS services such as nip.io and sslip.io resolve a name to the
 * address in it: `169.254.169.254.nip.io`, `app-169-254-169-254.nip.io`, `a9fea9fe.nip.io`, `fe80--1.sslip.io`.
 */
function spellsMetadataAddress(host: string): boolean {
  const parts = host.split(/[.-]/)
  const isSpelled = parts.some((part, at) => {
    const numbers = parts.slice(at, at + 4)
    if (numbers.length === 4 && numbers.every((number) => /^\d{1,3}$/.test(number))) {
      return isMetadataIPv4(numbers.map(Number))
    }
    // Only known services: the hash in the name of a deployment can begin like a link-local address.
    const bytes = /^[\da-f]{8}$/.test(part) ? part.match(/../g)! : []
    return METADATA_IPV4.includes(bytes.map((byte) => Number.parseInt(byte, 16)).join('.'))
  })
  return isSpelled || host.split('.').some(spellsForbiddenIPv6)
}

/** Whether a label is an IPv6 address with hyphens in place of colons. */
function spellsForbiddenIPv6(label: string): boolean {
  const isAddress = /^[\da-f]*(-[\da-f]*){2,7}$/.test(label) && (label.includes('--') || label.split('-').length === 8)
  return isAddress && ipv6Space(parseIPv6(label.replaceAll('-', ':'))) === 'forbidden'
}

/** Whether an address is a metadata service or link-local. */
function isMetadataIPv4(bytes: readonly number[]): boolean {
  return METADATA_IPV4.includes(bytes.join('.')) || (bytes[0] === 169 && bytes[1] === 254)
}

function ipv4Space(bytes: readonly number[]): AddressSpace {
  const [a = 0, b = 0] = bytes
  if (isMetadataIPv4(bytes)) return 'forbidden'
  if (a === 127) return 'loopback'
  // A server listens on 0.0.0.0, but clients cannot reach it there.
  if (a === 0 || a >= 224) return 'forbidden'
  // 100.64.0.0/10 is the carrier's network, and Tailscale's.
  const isPrivate =
    a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168) || (a === 100 && b >= 64 && b < 128)
  return isPrivate ? 'private' : 'public'
}

/** The eight groups of an address as the URL parser writes it, which has already converted a dotted end. */
function parseIPv6(text: string): number[] {
  const [head = [], tail = []] = text.split('::').map((part) => (part === '' ? [] : part.split(':')))
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16))
}

function ipv6Space(groups: readonly number[]): AddressSpace {
  const text = groups.map((group) => group.toString(16)).join(':')
  if (text === '0:0:0:0:0:0:0:1') return 'loopback'
  if (METADATA_IPV6.some((start) => text.startsWith(start))) return 'forbidden'
  // ISATAP: the prefix is that of any network, and the end is the IPv4 address of the host.
  const isISATAP = (groups[4] === 0 || groups[4] === 0x200) && groups[5] === 0x5efe
  if (isISATAP && ipv4Space(toBytes(groups).slice(12)) === 'forbidden') return 'forbidden'
  const [first = 0] = groups
  // Link-local and multicast.
  if ((first & 0xffc0) === 0xfe80 || first >= 0xff00) return 'forbidden'
  const spaces = embeddedIPv4(groups, text)?.map(ipv4Space)
  if (spaces !== undefined) return spaces.includes('forbidden') ? 'forbidden' : (spaces[0] ?? 'forbidden')
  return (first & 0xfe00) === 0xfc00 ? 'private' : 'public'
}

function toBytes(groups: readonly number[]): number[] {
  return groups.flatMap((group) => [group >> 8, group & 255])
}

/** Returns the IPv4 addresses that an IPv6 address can lead to, the most likely one first; `undefined` if it has none. */
function embeddedIPv4(groups: readonly number[], text: string): readonly (readonly number[])[] | undefined {
  const bytes = toBytes(groups)
  const last = bytes.slice(12)
  // Compatible, mapped and translated addresses, and NAT64.
  if (/^(0:0:0:0:0:(0|ffff)|0:0:0:0:ffff:0|64:ff9b:0:0:0:0):/.test(text)) return [last]
  // NAT64 of a local network: the prefix has any of these lengths (RFC 6052, section 2.2, which skips byte 8).
  if (text.startsWith('64:ff9b:1:')) {
    const positions = [
      [12, 13, 14, 15],
      [6, 7, 9, 10],
      [7, 9, 10, 11],
      [9, 10, 11, 12],
    ]
    return positions.map((position) => position.map((at) => bytes[at]!)).filter(([first]) => first !== 0)
  }
  // 6to4.
  if (groups[0] === 0x2002) return [bytes.slice(2, 6)]
  // Teredo: the client, whose address is inverted, and its server.
  if (text.startsWith('2001:0:')) return [last.map((byte) => byte ^ 255), bytes.slice(4, 8)]
  return undefined
}
