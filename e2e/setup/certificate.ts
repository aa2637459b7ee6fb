import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** A self-signed certificate. */
export interface Certificate {
  readonly key: string
  readonly cert: string
  /** For `--ignore-certificate-errors-spki-list`, which makes a browser trust this key. */
  readonly fingerprint: string
}

const SEQUENCE = 0x30
const SET = 0x31
const INTEGER = 0x02
const BIT_STRING = 0x03
const OCTET_STRING = 0x04
const UTF8_STRING = 0x0c
const UTC_TIME = 0x17
/** Context-specific tags. */
const VERSION = 0xa0
const EXTENSIONS = 0xa3
const DNS_NAME = 0x82

const ECDSA_WITH_SHA256 = Buffer.from('06082a8648ce3d040302', 'hex')
const COMMON_NAME = Buffer.from('0603550403', 'hex')
const SUBJECT_ALTERNATIVE_NAME = Buffer.from('0603551d11', 'hex')

/** Encodes a value in DER: tag, length, content. */
function der(tag: number, ...parts: (Uint8Array | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part as string)))
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const utc = (time: number): string => `${new Date(time).toISOString().replace(/\D/g, '').slice(2, 14)}Z`

/** Creates a certificate for a host name, valid today. Uses Node only, since not every machine has `openssl`. */
export function createCertificate(host: string): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const algorithm = der(SEQUENCE, ECDSA_WITH_SHA256)
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, host))))
  const day = 24 * 60 * 60 * 1000
  const body = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, new Uint8Array([2]))),
    // The leading 1 keeps the random serial number positive.
    der(INTEGER, new Uint8Array([1]), randomBytes(8)),
    algorithm,
    name,
    der(SEQUENCE, der(UTC_TIME, utc(Date.now() - day)), der(UTC_TIME, utc(Date.now() + day))),
    name,
    spki,
    der(
      EXTENSIONS,
      der(SEQUENCE, der(SEQUENCE, SUBJECT_ALTERNATIVE_NAME, der(OCTET_STRING, der(SEQUENCE, der(DNS_NAME, host))))),
    ),
  )
  const whole = der(SEQUENCE, body, algorithm, der(BIT_STRING, new Uint8Array([0]), sign('sha256', body, privateKey)))
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`,
    fingerprint: createHash('sha256').update(spki).digest('base64'),
  }
}
