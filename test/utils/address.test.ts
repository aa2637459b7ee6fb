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
  ])('forbids %s', (host) => expect(spaceOf(host)).toBe('forbidden'))

  it.each([
    ['the name of the EC2 metadata service', 'instance-data'],
    ['the long name of the EC2 metadata service', 'instance-data.ec2.internal'],
    ['the short name of the Google metadata service', 'metadata.goog'],
    ['an IPv6 multicast address', '[ff02::1]'],
    ['the metadata address behind NAT64', '[64:ff9b::a9fe:a9fe]'],
    ['the metadata address as an IPv4-compatible address', '[::169.254.169.254]'],
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
    'metadata.google.internal.example.org',
  ])('classifies %s as public', (host) => expect(spaceOf(host)).toBe('public'))
})
