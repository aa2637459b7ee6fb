import type { Page } from '@playwright/test'
import { posted } from './setup/posted.js'
import { expect, test } from './setup/test.js'

interface Picture {
  readonly width: number
  readonly height: number
  readonly type: string
}

/** Asks about a picture drawn in the page, given as a Blob. */
const askAbout = (page: Page, endpoint: string, picture: Picture): Promise<string> =>
  page.evaluate(
    async ([endpoint, { width, height, type }]) => {
      const canvas = new OffscreenCanvas(width, height)
      const brush = canvas.getContext('2d')!
      brush.fillStyle = 'rgb(20, 120, 220)'
      brush.fillRect(0, 0, width, height)
      const image = await canvas.convertToBlob({ type })
      if (image.type !== type) throw new Error(`this browser makes no ${type}`)
      const content = [{ type: 'text', text: 'What is this?' } as const, { type: 'image', image } as const]
      const lmstudio = window.library.createLMStudio({ endpoint })
      const answer = await lmstudio.complete({ model: 'acme/plover-vl', messages: [{ role: 'user', content }] })
      return answer.text
    },
    [endpoint, picture] as const,
  )

/** The image as it went over the wire. */
function sent(body: unknown): { readonly type: string; readonly bytes: Buffer } {
  const [, type = '', data = ''] = /"url":"data:([^;]+);base64,([^"]+)"/.exec(JSON.stringify(body)) ?? []
  return { type, bytes: Buffer.from(data, 'base64') }
}

const pngSize = (bytes: Buffer): readonly [number, number] => [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]

test('a WebP Blob reaches the server as a PNG of the same size', async ({ emptyPage, mock }) => {
  const text = await askAbout(emptyPage, mock.url, { width: 64, height: 48, type: 'image/webp' })
  expect(text).toContain('image/png')
  const { type, bytes } = sent(posted(mock)[0]?.body)
  expect(type).toBe('image/png')
  expect(bytes.subarray(1, 4).toString()).toBe('PNG')
  expect(pngSize(bytes)).toEqual([64, 48])
})

test('a JPEG Blob reaches the server as it is', async ({ emptyPage, mock }) => {
  await askAbout(emptyPage, mock.url, { width: 64, height: 48, type: 'image/jpeg' })
  const { type, bytes } = sent(posted(mock)[0]?.body)
  expect(type).toBe('image/jpeg')
  expect([...bytes.subarray(0, 2)]).toEqual([0xff, 0xd8])
})

test('an image larger than LM Studio takes is made smaller in the same proportion', async ({ emptyPage, mock }) => {
  await askAbout(emptyPage, mock.url, { width: 8000, height: 4000, type: 'image/png' })
  const [width, height] = pngSize(sent(posted(mock)[0]?.body).bytes)
  expect(width * height).toBeLessThanOrEqual(5120 * 5120)
  expect(width * height).toBeGreaterThan(5120 * 5120 * 0.99)
  expect(width / height).toBeCloseTo(2, 2)
})

test('a WebP data URL is converted too', async ({ emptyPage, mock }) => {
  await emptyPage.evaluate(async (endpoint) => {
    const canvas = document.createElement('canvas')
    canvas.getContext('2d')!.fillRect(0, 0, 10, 10)
    const content = [{ type: 'image', image: canvas.toDataURL('image/webp') } as const]
    await window.library
      .createLMStudio({ endpoint })
      .complete({ model: 'acme/plover-vl', messages: [{ role: 'user', content }] })
  }, mock.url)
  expect(sent(posted(mock)[0]?.body).type).toBe('image/png')
})

test('what is no image is refused before anything is sent', async ({ emptyPage, mock }) => {
  const name = await emptyPage.evaluate(async (endpoint) => {
    const content = [{ type: 'image', image: new Blob(['not an image'], { type: 'image/webp' }) } as const]
    try {
      await window.library
        .createLMStudio({ endpoint })
        .complete({ model: 'acme/plover-vl', messages: [{ role: 'user', content }] })
      return 'answered'
    } catch (error) {
      return (error as Error).name
    }
  }, mock.url)
  expect(name).toBe('InvalidRequestError')
  expect(mock.calls).toEqual([])
})
