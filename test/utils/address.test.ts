import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressSpace } from '../../src/utils/address.js'

const spaceOf = (host: string): string => addressSpace(new URL(`http://${host}/`).hostname)

describe('addressSpace', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '127.255.255.254',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '0x7f.1',
    '%31%32%37.0.0.1',
    '１２７.0.0.1',
    '127.0.0.1.',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'lm.localhost',
    'metadata.localhost',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
  ])('classifies %s as loopback', (host) => expect(spaceOf(host)).toBe('loopback'))

  it.each([
    '10.0.0.1',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '100.64.0.1',
    '100.127.255.255',
    '[fd12:3456::1]',
    '[fc00::1]',
    '[::ffff:192.168.1.5]',
    '[::ffff:10.0.0.1]',
    'gpu-box',
    'studio.local',
    'studio.lan',
    'studio.home.arpa',
    'host.docker.internal',
    'gpu-box.tail1234.ts.net',
    'GPU-Box.Tail1234.TS.net.',
    '[64:ff9b::a00:1]',
    '[64:ff9b:1::c0a8:105]',
    '[64:ff9b:1:a00:0:100::]',
    '[2002:c0a8:105::1]',
    '[2001:0:808:808::3f57:fefa]',
    '[::10.0.0.1]',
    '[::ffff:0:10.0.0.1]',
    '[::ffff:100.100.100.201]',
    'xn--bro-pc-3ya.local',
  ])('classifies %s as private', (host) => expect(spaceOf(host)).toBe('private'))

  it.each([
    '0.0.0.0',
    '0',
    '0.1.2.3',
    '169.254.169.254',
    '169.254.0.1',
    '0xa9fea9fe',
    '2852039166',
    '224.0.0.1',
    '255.255.255.255',
    '[::]',
    '[fe80::1]',
    '[febf::1]',
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '[::ffff:0.0.0.0]',
    '[fd00:ec2::254]',
    '100.100.100.200',
    '168.63.129.16',
    'metadata.google.internal',
    'metadata.google.internal.',
    'METADATA.google.internal',
    'metadata',
    'metadata.azure.internal',
    'metadata.internal',
    'Metadata.local',
    'rancher-metadata',
    'rancher-metadata.rancher.internal',
    'localhost.metadata.google.internal',
    'a.metadata.google.internal',
  ])('forbids %s', (host) => expect(spaceOf(host)).toBe('forbidden'))

  it.each([
    ['the name of the EC2 metadata service', 'instance-data'],
    ['the long name of the EC2 metadata service', 'instance-data.ec2.internal'],
    ['the short name of the Google metadata service', 'metadata.goog'],
    ['an IPv6 multicast address', '[ff02::1]'],
    ['the metadata address behind NAT64', '[64:ff9b::a9fe:a9fe]'],
    ['the metadata address as an IPv4-compatible address', '[::169.254.169.254]'],
    ['the metadata address as a translated address', '[::ffff:0:169.254.169.254]'],
    ['the metadata address behind local NAT64', '[64:ff9b:1::a9fe:a9fe]'],
    ['the metadata address behind local NAT64 with a prefix of 48 bits', '[64:ff9b:1:a9fe:a9:fe00::]'],
    ['the metadata address behind local NAT64 with a prefix of 56 bits', '[64:ff9b:1:12a9:fe:a9fe::]'],
    ['the metadata address behind local NAT64 with a prefix of 64 bits', '[64:ff9b:1:1234:a9:fea9:fe00:0]'],
    ['a local NAT64 prefix without an address', '[64:ff9b:1::]'],
    ['the metadata address behind 6to4', '[2002:a9fe:a9fe::1]'],
    ['the metadata address as the client of Teredo', '[2001:0:808:808:0:0:5601:5601]'],
    ['the metadata address as the server of Teredo', '[2001:0:a9fe:a9fe::f7f7:f7f7]'],
    ['the address of Alibaba’s metadata service, mapped', '[::ffff:100.100.100.200]'],
    ['the address of Alibaba’s metadata service behind 6to4', '[2002:6464:64c8::]'],
    ['the address of Azure’s metadata service, mapped', '[::ffff:168.63.129.16]'],
    ['the address of Azure’s metadata service behind NAT64', '[64:ff9b::a83f:8110]'],
    ['the address of Azure’s metadata service as a number', '2822734096'],
    ['the address of Alibaba’s metadata service in octal', '0144.0144.0144.0310'],
    ['the address of Alibaba’s metadata service in hexadecimal', '0x646464c8'],
    ['the address of Alibaba’s metadata service in fullwidth digits', '１００.１００.１００.２００'],
    ['the metadata address in circled digits', '①⑥⑨.②⑤④.①⑥⑨.②⑤④'],
    ['the metadata address with ideographic full stops', '169。254。169。254'],
    ['the metadata address with a trailing dot', '169.254.169.254.'],
    ['the address of Oracle’s older metadata service', '192.0.0.192'],
    ['the IPv6 address of Google’s metadata service', '[fd20:ce::254]'],
    ['the IPv6 address of Google’s metadata service, uncompressed', '[FD20:00CE:0:0:0:0:0:0254]'],
    ['the IPv6 address of Oracle’s metadata service', '[fd00:c1::a9fe:a9fe]'],
    ['the IPv6 address of Scaleway’s metadata service', '[fd00:42::42]'],
    ['the name of Tencent’s metadata service', 'metadata.tencentyun.com'],
    ['the name of a metadata service with more than one trailing dot', 'metadata.google.internal..'],
    ['the metadata address with percent-encoded digits', '%31%36%39.%32%35%34.169.254'],
    ['the metadata address with percent-encoded dots', '169%2E254%2E169%2E254'],
    ['the metadata address in octal', '0251.0376.0251.0376'],
    ['the metadata address in two parts', '169.16689662'],
    ['the metadata address in superscript digits', '¹⁶⁹.²⁵⁴.¹⁶⁹.²⁵⁴'],
    ['the address of Volcengine’s metadata service', '100.96.0.96'],
    ['the name of Equinix’s metadata service', 'metadata.platformequinix.com'],
    ['the older name of Equinix’s metadata service', 'metadata.packet.net'],
    ['the metadata address as an ISATAP address', '[2001:db8::5efe:a9fe:a9fe]'],
    ['the metadata address as an ISATAP address of a global host', '[2001:db8::200:5efe:169.254.169.254]'],
    ['a name that nip.io resolves to the metadata address', '169.254.169.254.nip.io'],
    ['such a name with hyphens', '169-254-169-254.sslip.io'],
    ['such a name after a word', 'app-169-254-169-254.nip.io'],
    ['such a name after a label', 'app.169.254.169.254.nip.io'],
    ['such a name after another number', '7.169.254.169.254.nip.io'],
    ['such a name in hexadecimal', 'a9fea9fe.nip.io'],
    ['such a name in hexadecimal after a word', 'app-A9FEA9FE.nip.io'],
    ['such a name in fullwidth digits', '１６９.254.169.254.nip.io'],
    ['such a name with trailing dots', '169.254.169.254.nip.io..'],
    ['such a name of a link-local address', '169.254.1.2.nip.io'],
    ['such a name of Alibaba’s metadata service', '100-100-100-200.sslip.io'],
    ['such a name of Azure’s metadata service in hexadecimal', 'a83f8110.nip.io'],
    ['such a name of an IPv6 link-local address', 'fe80--1.sslip.io'],
    ['such a name of a mapped metadata address', '--ffff-a9fe-a9fe.sslip.io'],
    ['such a name of a full IPv6 address', 'fd00-ec2-0-0-0-0-0-254.sslip.io'],
    ['such a name in a home network', '169.254.169.254.home'],
  ])('forbids %s', (_, host) => expect(spaceOf(host)).toBe('forbidden'))

  it.each([
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '192.167.1.1',
    '192.169.1.1',
    '100.63.255.255',
    '100.128.0.1',
    '11.0.0.1',
    '128.0.0.1',
    '126.255.255.255',
    '223.255.255.255',
    '[2001:4860:4860::8888]',
    '[::ffff:8.8.8.8]',
    '[fec0::1]',
    'api.example.org',
    'localhost.example.org',
    'notlocalhost.org',
    'evil-local.org',
    '127.0.0.1.nip.io',
    '10.0.0.1.nip.io',
    '169.254.169.nip.io',
    '1169.254.169.254.example.org',
    '169.254.169.2540.example.org',
    '0.0.0.0.nip.io',
    'a9fe1234.example.org',
    'a9fea9fe0.example.org',
    'fe80-1.example.org',
    'ab--cd.example.org',
    'release-1-2-3.example.org',
    '[2001:db8::5efe:808:808]',
    '[2001:db8::100:5efe:a9fe:a9fe]',
    'metadata.google.internal.example.org',
    '[64:ff9b::808:808]',
    '[64:ff9b:1::808:808]',
    '[2002:808:808::1]',
    '[2001:0:808:808::f7f7:f7f7]',
    '[2001:1::1]',
    'ts.net',
    'evilts.net',
    'gpu-box.ts.net.example.org',
    // Cyrillic letters that look like Latin ones.
    'l\u043Ec\u0430lhost',
    'gpu-b\u043Ex',
    'b\u00FCro',
  ])('classifies %s as public', (host) => expect(spaceOf(host)).toBe('public'))
})

/** Addresses of metadata services and link-local addresses, as four bytes. */
const refused = fc.oneof(
  fc.constantFrom([100, 100, 100, 200], [168, 63, 129, 16], [192, 0, 0, 192], [169, 254, 169, 254]),
  fc.tuple(fc.constant(169), fc.constant(254), fc.nat(255), fc.nat(255)),
)
const number = (bytes: readonly number[]): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0)
const group = (high: number, low: number): string => (high * 256 + low).toString(16)

const radix = fc.constantFrom(
  (value: number) => String(value),
  (value: number) => `0x${value.toString(16)}`,
  (value: number) => `0${value.toString(8)}`,
  (value: number) => `0X000${value.toString(16).toUpperCase()}`,
)
/** Spellings of an IPv4 address: one to four parts, the last of which takes the rest. */
const ipv4Spelling = (bytes: readonly number[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.array(radix, { minLength: 4, maxLength: 4 }), fc.constantFrom('', '.'))
    .map(([parts, [w, x, y, z], end]) => {
      const values = [...bytes.slice(0, parts - 1), number(bytes.slice(parts - 1))]
      return values.map((value, index) => [w, x, y, z][index]!(value)).join('.') + end
    })
    .chain((text) => fc.constantFrom(text, toFullwidth(text)))

const toFullwidth = (text: string): string =>
  text.replaceAll(/[0-9a-fx]/gi, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)).replaceAll('.', '．')

/** Spellings of an IPv6 address that leads to an IPv4 address. */
const ipv6Spelling = ([a = 0, b = 0, c = 0, d = 0]: readonly number[]): fc.Arbitrary<string> => {
  const [high, low] = [group(a, b), group(c, d)]
  const inverted = [group(a ^ 255, b ^ 255), group(c ^ 255, d ^ 255)].join(':')
  return fc
    .constantFrom(
      `::${high}:${low}`,
      `::${a}.${b}.${c}.${d}`,
      `::ffff:${high}:${low}`,
      `0:0:0:0:0:ffff:${a}.${b}.${c}.${d}`,
      `::ffff:0:${high}:${low}`,
      `64:ff9b::${high}:${low}`,
      `64:ff9b:1::${high}:${low}`,
      `64:ff9b:1:${high}:${group(0, c)}:${group(d, 0)}:0:0`,
      `2002:${high}:${low}::`,
      `2002:${high}:${low}:1:2:3:4:5`,
      `2001:0:${high}:${low}::1`,
      `2001::${inverted}`,
    )
    .chain((text) => fc.constantFrom(`[${text}]`, `[${text.toUpperCase()}]`))
}

describe('addressSpace, for addresses in any spelling', () => {
  it('forbids metadata services and link-local addresses', () => {
    const spelling = refused.chain((bytes) => fc.oneof(ipv4Spelling(bytes), ipv6Spelling(bytes)))
    fc.assert(fc.property(spelling, (host) => void expect(spaceOf(host)).toBe('forbidden')))
  })

  it('classifies an embedded IPv4 address like the address itself', () => {
    const bytes = fc.constantFrom(
      { bytes: [8, 8, 8, 8], space: 'public' },
      { bytes: [10, 20, 30, 40], space: 'private' },
      { bytes: [192, 168, 1, 20], space: 'private' },
      { bytes: [100, 101, 102, 103], space: 'private' },
      { bytes: [224, 1, 2, 3], space: 'forbidden' },
    )
    const cases = bytes.chain(({ bytes, space }) => {
      // With another server, since this one would be the server of Teredo as well.
      const hosts = fc.oneof(ipv4Spelling(bytes), ipv6Spelling(bytes)).filter((host) => !host.startsWith('[2001:'))
      return hosts.map((host) => ({ host, space }))
    })
    fc.assert(fc.property(cases, ({ host, space }) => void expect(spaceOf(host)).toBe(space)))
  })
})
