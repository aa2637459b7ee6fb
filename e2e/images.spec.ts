import type { Page } from '@playwright/test'
import { posted } from './setup/posted.js'
import { expect, test } from './setup/test.js'

interface Image {
  readonly width: number
  readonly height: number
  readonly type: string
}

/** Draws an image in the page, sends it as a Blob and resolves to the text of the response. */
const sendImage = (page: Page, endpoint: string, image: Image): Promise<string> =>
  page.evaluate(
    async ([endpoint, { width, height, type }]) => {
      const canvas = new OffscreenCanvas(width, height)
      const context = canvas.getContext('2d')!
      context.fillStyle = 'rgb(20, 120, 220)'
      context.fillRect(0, 0, width, height)
      const blob = await canvas.convertToBlob({ type })
      if (blob.type !== type) throw new Error(`this browser cannot encode ${type}`)
      const content = [{ type: 'text', text: 'What is this?' } as const, { type: 'image', image: blob } as const]
      const lmstudio = window.library.createLMStudio({ endpoint })
      const response = await lmstudio.complete({ model: 'acme/plover-vl', messages: [{ role: 'user', content }] })
      return response.text
    },
    [endpoint, image] as const,
  )

/** The image in a request body. */
function sent(body: unknown): { readonly type: string; readonly bytes: Buffer } {
  const [, type = '', data = ''] = /"url":"data:([^;]+);base64,([^"]+)"/.exec(JSON.stringify(body)) ?? []
  return { type, bytes: Buffer.from(data, 'base64') }
}

const pngSize = (bytes: Buffer): readonly [number, number] => [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]

test('converts a WebP Blob to a PNG of the same size', async ({ emptyPage, mock }) => {
  const text = await sendImage(emptyPage, mock.url, { width: 64, height: 48, type: 'image/webp' })
  expect(text).toContain('image/png')
  const { type, bytes } = sent(posted(mock)[0]?.body)
  expect(type).toBe('image/png')
  expect(bytes.subarray(1, 4).toString()).toBe('PNG')
  expect(pngSize(bytes)).toEqual([64, 48])
})

test('sends a JPEG Blob unchanged', async ({ emptyPage, mock }) => {
  await sendImage(emptyPage, mock.url, { width: 64, height: 48, type: 'image/jpeg' })
  const { type, bytes } = sent(posted(mock)[0]?.body)
  expect(type).toBe('image/jpeg')
  expect([...bytes.subarray(0, 2)]).toEqual([0xff, 0xd8])
})

test('scales down an image that is too large for LM Studio and keeps its aspect ratio', async ({ emptyPage, mock }) => {
  await sendImage(emptyPage, mock.url, { width: 8000, height: 4000, type: 'image/png' })
  const [width, height] = pngSize(sent(posted(mock)[0]?.body).bytes)
  expect(width * height).toBeLessThanOrEqual(5120 * 5120)
  expect(width * height).toBeGreaterThan(5120 * 5120 * 0.99)
  expect(width / height).toBeCloseTo(2, 2)
})

test('converts a WebP data URL', async ({ emptyPage, mock }) => {
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

test('rejects a Blob that is not an image, before sending anything', async ({ emptyPage, mock }) => {
  const name = await emptyPage.evaluate(async (endpoint) => {
    const content = [{ type: 'image', image: new Blob(['not an image'], { type: 'image/webp' }) } as const]
    try {
      await window.library
        .createLMStudio({ endpoint })
        .complete({ model: 'acme/plover-vl', messages: [{ role: 'user', content }] })
      return 'resolved'
    } catch (error) {
      return (error as Error).name
    }
  }, mock.url)
  expect(name).toBe('InvalidRequestError')
  expect(mock.calls).toEqual([])
})
