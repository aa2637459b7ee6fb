import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toBase64 } from '../../src/utils/image.js'

it('encodes any bytes as Node does', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
    }),
  )
})

it.each([0, 1, 2, 3, 0x7fff, 0x8000, 0x8001, 300_000])('encodes %i bytes', (length) => {
  const bytes = Uint8Array.from({ length }, (_, index) => (index * 31) % 256)
  expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
})

it('encodes only the bytes of a view into a larger buffer', () => {
  expect(toBase64(Uint8Array.of(1, 2, 3, 4).subarray(1, 3))).toBe(Buffer.from([2, 3]).toString('base64'))
})
