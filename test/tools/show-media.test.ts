import { describe, expect, it, vi } from 'vitest'
import type { ModelProvider } from 'lmstudio-provider'
import { Media } from '../../src/tools/media.js'
import { createBlindnessCheck, showMedia, toImageMessage } from '../../src/tools/show-media.js'
import { toBase64 } from '../../src/utils/image.js'
import { gif, jpeg, png } from '../helpers/images.js'
import { toolCall } from './fake-provider.js'

type Capabilities = ModelProvider['modelCapabilities']

/** The reason for which a model is not shown images; `undefined` if it is. */
function reasonOf(modelCapabilities: Capabilities | undefined, more: { model?: string; hasImages?: boolean } = {}) {
  const conversation = { model: 'm', hasImages: false, ...more }
  return createBlindnessCheck(modelCapabilities === undefined ? {} : { modelCapabilities }, conversation, {})()
}

const seeing: Capabilities = async () => ({ vision: true }) as never
const blind: Capabilities = async () => ({ vision: false }) as never
const unknown: Capabilities = async () => ({ vision: undefined }) as never

describe('whether a model sees images', () => {
  it.each<[string, Parameters<typeof reasonOf>, string | undefined]>([
    ['the model does', [seeing], undefined],
    ['the model does not', [blind], 'the model cannot see images'],
    ['the model does not, although it was shown one', [blind, { hasImages: true }], 'the model cannot see images'],
    ['the provider does not know', [unknown], 'it is not known whether the model can see images'],
    ['the provider does not know, and it was shown one', [unknown, { hasImages: true }], undefined],
    ['the provider has no such method', [undefined], 'it is not known whether the model can see images'],
    ['the provider has no such model', [async () => undefined], 'it is not known whether the model can see images'],
    ['no model is named', [seeing, { model: undefined! }], 'it is not known whether the model can see images'],
    ['no model is named, and it was shown one', [blind, { model: undefined!, hasImages: true }], undefined],
  ])('is decided if %s', async (_, [capabilities, conversation], reason) => {
    expect(await reasonOf(capabilities, conversation)).toBe(reason)
  })

  it('is asked once, with the options of the call', async () => {
    const modelCapabilities = vi.fn(seeing)
    const options = { timeout: 7 }
    const check = createBlindnessCheck({ modelCapabilities }, { model: 'm', hasImages: false }, options)
    await Promise.all([check(), check()])
    await check()
    expect(modelCapabilities.mock.calls).toEqual([['m', options]])
  })
})

describe('the media in a result', () => {
  const sees = async (): Promise<undefined> => undefined
  const notes = async (media: Media[], findBlindness: () => Promise<string | undefined> = sees) => {
    const images = await showMedia(media, findBlindness)
    return { images, notes: media.map(({ note }) => note) }
  }
  const dataURL = (bytes: Uint8Array, type: string): string => `data:${type};base64,${toBase64(bytes)}`

  it('are shown with their number, or named with the reason', async () => {
    const [first, second] = [png(1, 1), jpeg(1, 1)]
    const media = [new Media(first), new Media('AQID', 'audio/wav'), new Media(gif()), new Media(second)]
    expect(await notes(media)).toEqual({
      images: [dataURL(first, 'image/png'), dataURL(second, 'image/jpeg')],
      notes: [
        `[image 1: image/png, ${first.length} bytes, shown in the next user message]`,
        '[audio/wav, 3 bytes, not shown]',
        `[image/gif, ${gif().length} bytes, not shown: this format cannot be sent]`,
        `[image 2: image/jpeg, ${second.length} bytes, shown in the next user message]`,
      ],
    })
  })

  it('are named with the reason of the check, which other media do not need', async () => {
    const findBlindness = vi.fn(async () => 'it is night')
    expect((await notes([new Media('AQID', 'audio/wav')], findBlindness)).notes).toEqual([
      '[audio/wav, 3 bytes, not shown]',
    ])
    expect(findBlindness).not.toHaveBeenCalled()
    expect(await notes([new Media(png(1, 1))], findBlindness)).toEqual({
      images: [],
      notes: [`[image/png, ${png(1, 1).length} bytes, not shown: it is night]`],
    })
  })

  it('are named even if they cannot be read', async () => {
    const blob = Object.assign(new Blob(['a']), { arrayBuffer: () => Promise.reject(new Error('gone')) })
    expect((await notes([new Media(blob), new Media('AQID')])).notes).toEqual([
      '[binary data, not shown: it cannot be read]',
      '[binary data, 3 bytes, not shown]',
    ])
  })
})

describe('toImageMessage', () => {
  it('shows every image below the call that it comes from', () => {
    const shown = [
      { toolCall: toolCall('look', {}, 'a'), images: ['one', 'two'] },
      { toolCall: toolCall('wait', {}, 'b'), images: [] },
      { toolCall: toolCall('see', {}, 'c'), images: ['three'] },
    ]
    expect(toImageMessage(shown)).toEqual({
      role: 'user',
      content: [
        { type: 'text', text: 'Image 1 in the result of look (a):' },
        { type: 'image', image: 'one' },
        { type: 'text', text: 'Image 2 in the result of look (a):' },
        { type: 'image', image: 'two' },
        { type: 'text', text: 'Image 1 in the result of see (c):' },
        { type: 'image', image: 'three' },
      ],
    })
  })

  it('is nothing without an image', () => {
    expect(toImageMessage([{ toolCall: toolCall('wait', {}), images: [] }])).toBeUndefined()
    expect(toImageMessage([])).toBeUndefined()
  })
})
