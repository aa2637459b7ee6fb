import { describe, expect, it } from 'vitest'
import { foreignName, foreignNames, rememberSecrets, withoutSecrets } from '../../src/http/foreign-text.js'
import { testClient } from '../helpers/client.js'

const configWith = (...secrets: string[]) => {
  const { config } = testClient({})
  if (secrets.length > 0) rememberSecrets(config, secrets)
  return config
}

const secretsUpTo = (count: number): string[] => Array.from({ length: count }, (_, index) => `hunter-${index}x`)

describe('foreignName', () => {
  it('keeps a name of 100 characters and cuts a longer one', () => {
    const name = 'gull '.repeat(20).replace(/ $/, 's')
    expect(foreignName(configWith(), name)).toBe(name)
    expect(foreignName(configWith(), `${name}x`)).toBe(`${name}…`)
  })

  it('writes a name on one line', () => {
    expect(foreignName(configWith(), 'acme/\ntern\t4b')).toBe('acme/ tern 4b')
  })

  it('keeps a name as long as no request has sent a secret', () => {
    expect(foreignName(configWith(), 'hunter2')).toBe('hunter2')
  })

  it('removes secrets, also without their scheme, and parts of them', () => {
    const config = configWith('hunter2', 'Bearer abcDEF0123456789')
    expect(foreignName(config, 'of hunter2')).toBe('of [redacted]')
    expect(foreignName(config, 'of abcDEF0123456789')).toBe('of [redacted]')
    expect(foreignName(config, 'of DEF0123456789')).toBe('of [redacted]')
  })

  it('knows the secrets of its own client only', () => {
    configWith('hunter2')
    expect(foreignName(configWith(), 'hunter2')).toBe('hunter2')
  })

  it('remembers the last 50 secrets of several requests', () => {
    const config = configWith(...secretsUpTo(25))
    rememberSecrets(config, secretsUpTo(50))
    expect(foreignNames(config, ['hunter-0x', 'hunter-49x'])).toBe('[redacted], [redacted]')
    rememberSecrets(config, ['hunter-0x', 'swordfish'])
    expect(foreignNames(config, ['hunter-0x', 'hunter-1x', 'hunter-2x', 'swordfish'])).toBe(
      '[redacted], hunter-1x, [redacted], [redacted]',
    )
  })
})

describe('withoutSecrets', () => {
  it('removes secrets of names and keeps the rest, which a caller may send back', () => {
    const long = `${'a'.repeat(150)}\n`
    expect(withoutSecrets(configWith('hunter2'), ['of hunter2', long])).toEqual(['of [redacted]', long])
  })
})
