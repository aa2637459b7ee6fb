import { describe, expect, it } from 'vitest'
import {
  describeMedia,
  findBase64Member,
  findMediaInText,
  isContentParts,
  Media,
  MediaText,
  toMedia,
} from '../../src/tools/media.js'
import { toBase64 } from '../../src/utils/image.js'
import { png } from '../helpers/images.js'

const bytesOf = async (media: Media | undefined): Promise<number[] | undefined> =>
  media && [...(await media.read()).bytes]
const typeOf = async (media: Media | undefined): Promise<string | undefined> => (await media?.read())?.type

/** Base64 that looks random, of a length that is a multiple of four. */
const random = (length: number): string =>
  toBase64(Uint8Array.from({ length: (length / 4) * 3 }, (_, index) => (index * 89 + 41) % 253))

describe('Media', () => {
  it.each<[string, string, number[]]>([
    ['base64', 'AQID', [1, 2, 3]],
    ['base64 with padding', 'AQ==', [1]],
    ['base64 without padding', 'AQI', [1, 2]],
    ['base64 with a character too many', 'AQIDB', [1, 2, 3]],
    ['base64 for URLs', '-_-_', [251, 255, 191]],
    ['base64 in lines', 'AQ\r\nID\n', [1, 2, 3]],
    ['percent-encoded base64', 'AQ%3D%3d', [1]],
    ['nothing', '', []],
  ])('decodes %s', async (_, text, bytes) => {
    expect(await bytesOf(new Media(text))).toEqual(bytes)
  })

  it('has the type of its bytes, else the declared one', async () => {
    expect(await typeOf(new Media(png(1, 1), 'image/gif'))).toBe('image/png')
    expect(await typeOf(new Media('AQID', 'audio/wav'))).toBe('audio/wav')
    expect(await typeOf(new Media('AQID', ''))).toBe('binary data')
    expect(await typeOf(new Media('AQID'))).toBe('binary data')
  })

  it('takes its place in a text with its note', () => {
    const media = new Media('AQID')
    const text = new MediaText(['a ', media, ' b ', { toJSON: () => 'c' }])
    expect(text.toJSON()).toBe('a  b c')
    media.note = '[x]'
    expect(JSON.stringify({ text, media })).toBe('{"text":"a [x] b c","media":"[x]"}')
  })
})

describe('toMedia', () => {
  const json = (length: number, more: object = {}): object => ({
    ...Object.fromEntries(Array.from({ length }, (_, index) => [index, 255 - index])),
    ...more,
  })

  it.each<[string, object, number[]]>([
    ['a view', new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2), [2, 3]],
    ['numbers', new Uint16Array([258]), [2, 1]],
    ['an ArrayBuffer', new Uint8Array([1, 2]).buffer, [1, 2]],
    ['a SharedArrayBuffer', new SharedArrayBuffer(2), [0, 0]],
    ['a Blob', new Blob([new Uint8Array([1, 2])]), [1, 2]],
    ['a Buffer that became JSON', { type: 'Buffer', data: [1, 2] }, [1, 2]],
    ['64 bytes of zero that became JSON', { ...new Uint8Array(64) }, Array.from({ length: 64 }, () => 0)],
    ['64 bytes that became JSON', json(64), Array.from({ length: 64 }, (_, index) => 255 - index)],
  ])('reads %s', async (_, value, bytes) => {
    expect(await bytesOf(toMedia(value))).toEqual(bytes)
  })

  it.each<[string, object]>([
    ['an object', { a: 1 }],
    ['a list', Array.from({ length: 64 }, () => 1)],
    ['63 bytes that became JSON', json(63)],
    ['numbers above 255', json(64, { 7: 256 })],
    ['numbers below 0', json(64, { 7: -1 })],
    ['numbers that are not whole', json(64, { 7: 1.5 })],
    ['texts', json(64, { 7: '1' })],
    ['another key among numbers', json(64, { a: 1 })],
    ['numbers with a gap', json(64, { 65: 1 })],
    ['a Buffer with texts', { type: 'Buffer', data: ['a'] }],
    ['a Buffer with a text among bytes', { type: 'Buffer', data: [1, 'a'] }],
    ['a Buffer without a list', { type: 'Buffer', data: 'AQID' }],
    ['another type with numbers', { type: 'series', data: [1, 2] }],
  ])('does not take %s for bytes', (_, value) => {
    expect(toMedia(value)).toBeUndefined()
  })

  it('keeps the type of a Blob and copies bytes', async () => {
    expect(await typeOf(toMedia(new Blob(['a'], { type: 'application/zip' })))).toBe('application/zip')
    const bytes = new Uint8Array([1, 2])
    const [view, buffer] = [toMedia(bytes), toMedia(bytes.buffer)]
    bytes.fill(9)
    expect([await bytesOf(view), await bytesOf(buffer)]).toEqual([
      [1, 2],
      [1, 2],
    ])
  })
})

describe('findBase64Member', () => {
  it.each(['mimeType', 'mime_type', 'mediaType', 'media_type', 'contentType', 'content_type', 'format'])(
    'reads the type from %s',
    (key) => {
      expect(findBase64Member({ [key]: 'image/png', data: 'AQID' })).toEqual({ key: 'data', type: 'image/png' })
    },
  )

  it.each(['data', 'base64', 'bytes', 'image', 'content', 'body'])('finds base64 with a type in %s', (key) => {
    expect(findBase64Member({ type: 'image', [key]: 'AQID' })).toEqual({ key })
    expect(findBase64Member({ type: 'audio', [key]: 'AQID' })).toEqual({ key })
    expect(findBase64Member({ type: 'note', [key]: 'AQID' })).toBeUndefined()
    expect(findBase64Member({ [key]: 'AQID' })).toBeUndefined()
  })

  it.each(['blob', 'b64_json'])('finds base64 without a type in %s', (key) => {
    expect(findBase64Member({ [key]: 'AQID' })).toEqual({ key })
    expect(findBase64Member({ [key]: 'AQID', mimeType: 'image/png', data: 'AQID' })).toEqual({ key, type: 'image/png' })
  })

  it.each(['image/png', 'IMAGE/PNG', 'application/pdf', 'image/svg+xml', 'wav', 'PCM16', 'jpg', 'jpeg', 'pdf'])(
    'takes %s for a binary type',
    (mimeType) => {
      expect(findBase64Member({ mimeType, data: 'AQID' })).toEqual({ key: 'data', type: mimeType })
    },
  )

  it.each([
    'text/plain',
    'application/json',
    'application/ld+json',
    'application/xml',
    'application/yaml',
    'csv',
    'wave file',
    'my wav',
    'an image/png',
    7,
    '',
  ])('does not take %s for a binary type', (mimeType) => {
    expect(findBase64Member({ mimeType, data: 'AQID' })).toBeUndefined()
  })

  it.each(['AQ==', 'AQ\r\nID\n', '-_-_', 'AQID= '])('takes %j for base64', (data) => {
    expect(findBase64Member({ type: 'image', data })).toEqual({ key: 'data' })
  })

  it.each(['', '=', 'a b', 'AQ===', 'A=QI', '!AQI', 'AQID!', 7, null])('does not take %j for base64', (data) => {
    expect(findBase64Member({ type: 'image', data })).toBeUndefined()
  })
})

describe('findMediaInText', () => {
  /** The text with `@` in place of media. */
  const marked = (text: string): string | undefined =>
    findMediaInText(text)
      ?.map((part) => (typeof part === 'string' ? part : '@'))
      .join('')

  it.each<[string, string, string]>([
    ['a data URL', 'data:image/png;base64,AQID', '@'],
    ['data URLs within a text', 'a data:image/png;base64,AQID b DATA:audio/wav;base64,AQ== c', 'a @ b @ c'],
    ['parameters', 'data:audio/ogg;codecs=opus;rate=1;base64,AQID', '@'],
    ['percent-encoding', 'data:image/png;base64,AQ%3D%3d.', '@.'],
    ['no data', 'data:image/png;base64,', '@'],
    ['a long data URL', `a data:image/png;base64,${random(600)} b`, 'a @ b'],
    ['a long run', `a ${random(512)} b`, 'a @ b'],
    ['a long run that begins like a file', `a ${'iVBORw0KGgo'.padEnd(512, 'A')}== b`, 'a @ b'],
    ['a run and a data URL', `${random(512)} data:image/png;base64,AQID`, '@ @'],
    ['a file alone', `R0lGOD${'A'.repeat(58)}`, '@'],
    ['lines of equal length', `${random(600).replace(/.{60}/g, '$&\n')}`, '@'],
    ['512 characters in lines of equal length', random(504).replace(/.{63}/g, '$&\n'), '@'],
    ['lines of Windows, the last of which is shorter', random(600).replace(/.{64}/g, '$&\r\n'), '@'],
  ])('finds %s', (_, text, expected) => {
    expect(marked(text)).toBe(expected)
  })

  it.each([
    'iVBORw0KGgo',
    '/9j/',
    'R0lGOD',
    'UklGR',
    'AAAAxxZ0eXB',
    'JVBERi0',
    'UEsDB',
    'H4sI',
    'SUQz',
    'T2dnUw',
    'ZkxhQ',
  ])('finds a file that begins with %s', (start) => {
    expect(marked(start.padEnd(64, 'A'))).toBe('@')
    expect(marked(`x${start}`.padEnd(64, 'A'))).toBeUndefined()
  })

  it.each<[string, string]>([
    ['a short text', 'Seven gulls.'],
    ['the word data', 'data:'],
    ['a data URL that is not base64', 'data:text/plain,Hello'],
    ['a file of 63 characters', 'R0lGOD'.padEnd(63, 'A')],
    ['a run of 508 characters', `a ${random(508)} b`],
    ['a long run without digits and signs', `a ${'Tern'.repeat(128)} b`],
    ['a long run without digits', `a ${'TernA/'.repeat(128)} b`],
    ['a long run without capital letters', `a ${'tern7/'.repeat(128)} b`],
    ['a long run without small letters', `a ${'TERN7/'.repeat(128)} b`],
    ['a long run without signs', `a ${'Tern77'.repeat(128)} b`],
    ['lines of 56 characters', random(560).replace(/.{56}/g, '$&\n')],
    [
      'lines of unequal length',
      random(600)
        .replace(/^.{60}/, '$&\n')
        .replace(/.{64}/g, '$&\n'),
    ],
    ['few lines of equal length', random(480).replace(/.{60}/g, '$&\n')],
    ['words in lines of equal length', 'Tern'.repeat(150).replace(/.{60}/g, '$&\n')],
  ])('finds nothing in %s', (_, text) => {
    expect(findMediaInText(text)).toBeUndefined()
  })

  it('reads the type and the bytes of a data URL', async () => {
    const [before, media, after] = findMediaInText('a data:audio/wav;base64,AQID b')!
    expect([before, after]).toEqual(['a ', ' b'])
    expect([await typeOf(media as Media), await bytesOf(media as Media)]).toEqual(['audio/wav', [1, 2, 3]])
  })
})

describe('describeMedia', () => {
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [1499, '1 kB'],
    [1500, '2 kB'],
  ])('gives %i bytes as %s', (size, text) => {
    expect(describeMedia('image/png', size)).toBe(`image/png, ${text}`)
  })
})

describe('isContentParts', () => {
  it.each(['image', 'audio', 'resource', 'resource_link', 'image_url', 'input_image', 'input_audio', 'media', 'file'])(
    'accepts parts of the type %s',
    (type) => {
      expect(isContentParts([{ type: 'text', text: '' }, { type }])).toBe(true)
      expect(isContentParts([{ type: `${type}s` }])).toBe(false)
      expect(isContentParts([{ type: `an_${type}` }])).toBe(false)
    },
  )

  it.each([
    [[]],
    [[{ type: 'text' }]],
    [[{ type: 'text', text: 7 }]],
    [[{}]],
    [[null]],
    [['a']],
    [{ type: 'image' }],
    ['a'],
  ])('rejects %j', (value) => {
    expect(isContentParts(value)).toBe(false)
  })

  it('rejects a list of which one is not a part', () => {
    expect(isContentParts([{ type: 'image' }, { type: 'bird' }])).toBe(false)
    expect(isContentParts([{ type: 7 }])).toBe(false)
  })
})
