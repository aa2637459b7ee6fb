import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exampleRunner } from './setup/example-runner.js'
import { posted } from './setup/posted.js'
import { expect, test } from './setup/test.js'

// One pixel.
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const describe = exampleRunner('image-input.mjs')

test.describe('image-input.mjs', () => {
  let folder: string
  const write = (bytes: Uint8Array): string => {
    const file = join(folder, 'gull.png')
    writeFileSync(file, bytes)
    return file
  }

  test.beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'image-'))
  })
  test.afterEach(() => rmSync(folder, { recursive: true }))

  test('sends the image and prints the description', async () => {
    await using example = describe(['--mock', write(Buffer.from(PNG, 'base64'))])
    expect(await example.exitCode).toBe(0)
    expect(example.output()).toBe('I see 1 image.\n')
  })

  test('sends the bytes of the file with the question to a vision model', async ({ mock }) => {
    mock.configure({
      models: [
        { id: 'acme/tern-4b', type: 'llm', loaded: true },
        { id: 'acme/plover-vl', type: 'vlm' },
      ],
      reply: () => ({ reasoning: '', text: 'A gull.' }),
    })
    const file = write(Buffer.from(PNG, 'base64'))
    await using example = describe([file, 'What', 'bird?'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await example.exitCode).toBe(0)
    expect(example.output()).toBe('A gull.\n')
    expect(posted(mock)[0]?.body).toMatchObject({
      model: 'acme/plover-vl',
      messages: [
        {
          content: [
            { type: 'text', text: 'What bird?' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
          ],
        },
      ],
    })
  })

  test('says what is wrong with the image, and that there is no vision model', async ({ mock }) => {
    await using unknown = describe([write(Buffer.from('GIF89a')), 'What?'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await unknown.exitCode).toBe(1)
    expect(unknown.output()).toContain('PNG or JPEG')
    await using missing = describe([join(folder, 'none.png')], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await missing.exitCode).toBe(1)
    expect(missing.output()).toContain('none.png')
    mock.configure({ models: [] })
    await using withoutModel = describe([write(Buffer.from(PNG, 'base64'))], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await withoutModel.exitCode).toBe(1)
    expect(withoutModel.output()).toContain('no model that fits')
    expect(posted(mock)).toEqual([])
  })
})
