import { readFile } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import { FAILED_REQUEST } from '../setup/watch-console.js'
import { DOCUMENT } from './markdown-texts.js'
import { expect, expectAccessible, expectToFit, test } from './setup.js'

const field = (page: Page): Locator => page.getByRole('textbox', { name: 'Message', exact: true })
const responses = (page: Page): Locator => page.getByRole('article', { name: /^Response from/ })
const userMessages = (page: Page): Locator => page.getByRole('article', { name: 'Your message' })
const stop = (page: Page): Locator => page.getByRole('button', { name: 'Stop', exact: true })

async function sendMessage(page: Page, text: string): Promise<void> {
  await field(page).fill(text)
  await field(page).press('Enter')
}

async function pickModel(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^Model:/ }).click()
  await page.getByRole('dialog').getByRole('option').filter({ hasText: name }).click()
}

/** Sends a message and waits for the complete response. */
async function sendAndWait(page: Page, text: string): Promise<void> {
  const before = await responses(page).count()
  await sendMessage(page, text)
  await expect(responses(page)).toHaveCount(before + 1)
  await expect(stop(page)).toBeHidden()
}

/** The stored conversations, as text. */
const readStorage = (page: Page): Promise<string> =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        const opening = indexedDB.open('lmstudio-playground-chats')
        opening.addEventListener('success', () => {
          const store = opening.result.transaction('conversations').objectStore('conversations')
          const keys = store.getAllKeys()
          const values = store.getAll()
          values.addEventListener('success', () => resolve(JSON.stringify([keys.result, values.result])))
        })
      }),
  )

/** Resolves once the finished responses are stored: a page that is left before that shows them as broken. */
const expectStored = (page: Page): Promise<void> =>
  expect.poll(() => readStorage(page)).toMatch(/^(?!.*"state":"writing").*"state":/)

/** Bodies of the chat completion requests so far. */
const requestBodies = (mock: {
  readonly calls: readonly { readonly path: string; readonly method: string; readonly body: unknown }[]
}) =>
  mock.calls
    .filter(({ path, method }) => path === '/v1/chat/completions' && method === 'POST')
    .map(
      ({ body }) =>
        body as { readonly messages: readonly { role: string; content: unknown }[] } & Record<string, unknown>,
    )

test.describe('an unsent message', () => {
  test.use({ expectedComplaints: [FAILED_REQUEST] })

  test('survives another view, another chat and losing the server', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    await sendAndWait(page, 'first')
    await field(page).fill('an unfinished sentence')
    await playground.open('models')
    await playground.open('chat')
    await expect(field(page)).toHaveValue('an unfinished sentence')
    await page.getByRole('button', { name: 'New chat' }).first().click()
    await expect(field(page)).toHaveValue('')
    await page.getByRole('button', { name: /^first/ }).click()
    await expect(field(page)).toHaveValue('an unfinished sentence')
    await mock.close()
    await page.evaluate(() => dispatchEvent(new Event('offline')))
    await expect(page.getByText('The server is not responding.')).toBeVisible()
    await playground.open('connect')
    await page.getByRole('button', { name: 'Use the mock' }).click()
    await expect(page.getByText('Everything is ready')).toBeVisible()
    await playground.open('chat')
    await expect(field(page)).toHaveValue('an unfinished sentence')
    await field(page).press('Enter')
    await expect(field(page)).toHaveValue('')
    await playground.open('models')
    await playground.open('chat')
    await expect(field(page)).toHaveValue('')
  })
})

test.describe('a chat', () => {
  test.use({ mockOptions: { reply: ({ messages }) => `You said *${messages.at(-1)!.text}*.` } })

  test('shows messages with speed figures and sends the earlier messages along', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    await sendAndWait(page, 'one')
    await expect(userMessages(page)).toContainText('one')
    await expect(responses(page).locator('em')).toHaveText('one')
    await expect(responses(page)).toContainText(/to first token/)
    // So few tokens have no meaningful speed.
    await expect(responses(page)).not.toContainText(/tokens\/s/)
    await sendAndWait(page, 'two')
    expect(
      requestBodies(mock)
        .at(-1)!
        .messages.map(({ role, content }) => `${role}: ${String(content)}`),
    ).toEqual(['user: one', 'assistant: You said *one*.', 'user: two'])
    await expect(page.getByRole('status', { name: 'Response status' })).toHaveText('Response: You said *two*.')
  })

  test('is restored after a reload, including its settings', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    await page.getByLabel('System prompt').fill('Be brief.')
    await page.getByLabel('Temperature value').fill('0.3')
    await page.getByLabel('Max tokens').fill('200')
    await page.getByLabel('Stop sequences').fill('END\nSTOP')
    await page.getByLabel('Logit bias').fill('15043 -100')
    await page.getByLabel('Extra fields').fill('{ "custom": true }')
    await sendAndWait(page, 'remember me')
    await expectStored(page)
    await page.reload()
    await expect(responses(page).locator('em')).toHaveText('remember me')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('remember me')
    await expect(page.getByRole('banner').getByRole('status')).toContainText('Connected')
    await sendAndWait(page, 'more')
    expect(requestBodies(mock).at(-1)).toMatchObject({
      temperature: 0.3,
      max_tokens: 200,
      stop: ['END', 'STOP'],
      logit_bias: { 15043: -100 },
      custom: true,
      messages: [{ role: 'system', content: 'Be brief.' }, {}, {}, { content: 'more' }],
    })
  })

  test('keeps all versions of regenerated responses and edited messages', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    await sendAndWait(page, 'first')
    mock.configure({ reply: () => 'Another one.' })
    await page.getByRole('button', { name: 'Regenerate' }).click()
    await expect(responses(page)).toContainText('Another one.')
    await expect(page.getByRole('group', { name: 'Versions of this response' })).toContainText('2 / 2')
    await page.getByRole('button', { name: 'Previous response' }).click()
    await expect(responses(page)).toContainText('You said first.')
    await page.getByRole('button', { name: 'Edit message' }).click()
    await expect(page.getByRole('textbox', { name: 'Edited message' })).toBeFocused()
    await page.getByRole('textbox', { name: 'Edited message' }).fill('second')
    await page.getByRole('button', { name: 'Save and send' }).click()
    await expect(userMessages(page)).toContainText('second')
    await expect(page.getByRole('group', { name: 'Versions of this message' })).toContainText('2 / 2')
    await expect(stop(page)).toBeHidden()
    expect(requestBodies(mock).at(-1)!.messages).toEqual([{ role: 'user', content: 'second' }])
    await page.getByRole('button', { name: 'Previous message' }).click()
    await expect(userMessages(page)).toContainText('first')
    await expect(responses(page)).toContainText('You said first.')
    await expectStored(page)
    await page.reload()
    await expect(responses(page)).toContainText('You said first.')
  })

  test('can be forked from a response', async ({ playground }) => {
    const { page } = playground
    await page.setViewportSize({ width: 1280, height: 800 })
    await playground.connected('chat')
    await sendAndWait(page, 'one')
    await sendAndWait(page, 'two')
    await page.getByRole('button', { name: 'Fork into a new chat' }).first().click()
    await expect(responses(page)).toHaveCount(1)
    await expect(page.getByRole('listitem').filter({ hasText: 'messages' })).toHaveCount(2)
  })

  test('can be deleted, restored, exported and imported', async ({ playground }) => {
    const { page } = playground
    await page.setViewportSize({ width: 1280, height: 800 })
    await playground.connected('chat')
    await sendAndWait(page, 'keep this')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export all' }).click(),
    ])
    const file = await readFile(await download.path(), 'utf8')
    await page.getByRole('button', { name: 'Delete “keep this”' }).click()
    await expect(responses(page)).toHaveCount(0)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(responses(page)).toHaveCount(1)
    await page.getByRole('button', { name: 'Delete “keep this”' }).click()
    await expect(responses(page)).toHaveCount(0)

    const importFile = (name: string, content: string): Promise<void> =>
      page.getByTestId('import').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(content) })
    await importFile('holiday.json', 'no json')
    await expect(page.getByRole('alert')).toContainText('This file is not JSON')
    await importFile('damaged.json', file.replace('"role": "user"', '"role": "nobody"'))
    await expect(page.getByRole('alert')).toContainText(/Chat 1 of this file is invalid/)
    await expect(responses(page)).toHaveCount(0)
    await importFile('chats.json', file)
    await expect(responses(page).locator('em')).toHaveText('keep this')
    await expect(page.getByRole('alert')).toHaveCount(0)
    await expectStored(page)
    await page.reload()
    await expect(responses(page).locator('em')).toHaveText('keep this')
  })
})

test.describe('a streaming response', () => {
  test.use({
    mockOptions: {
      tokensPerSecond: 60,
      reply: () => ({
        reasoning: 'Let me think about terns and gulls. '.repeat(2),
        text: 'A long answer about terns. '.repeat(50),
      }),
    },
  })

  test('can be stopped and keeps the text so far', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    await sendMessage(page, 'Tell me')
    await expect(responses(page)).toContainText('A long answer')
    await expect(responses(page)).toHaveAttribute('aria-busy', 'true')
    await field(page).press('Escape')
    await expect(responses(page)).toContainText('Response stopped.')
    await expect(responses(page)).toContainText('A long answer')
    await expect.poll(() => readStorage(page)).toMatch(/"state":"stopped"/)
    const call = mock.calls.find(({ path, method }) => path === '/v1/chat/completions' && method === 'POST')!
    expect(await call.finished).toBe('aborted')
    await page.reload()
    await expect(responses(page)).toContainText('Response stopped.')
    await expect(responses(page)).toContainText('A long answer')
  })

  test('shows the reasoning collapsed, with its duration', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    // Within the reasoning, which would otherwise take only a moment.
    mock.inject({ name: 'stall', afterEvents: 6 })
    await sendMessage(page, 'Tell me')
    await expect(responses(page).getByText(/^Reasoning for/)).toBeVisible()
    await mock.whenHeld()
    mock.release()
    await expect(responses(page)).toContainText('A long answer')
    const summary = responses(page).getByText(/^Reason/)
    await expect(responses(page).getByText('Let me think')).toBeHidden()
    await summary.click()
    await expect(responses(page).getByText('Let me think')).toBeVisible()
    await stop(page).click()
    await expect(responses(page).getByText(/^Reasoned for \d/)).toBeVisible()
  })

  test('continues while another view is open', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    await sendMessage(page, 'Tell me')
    await expect(responses(page)).toContainText('A long answer')
    await playground.open('models')
    mock.configure({ tokensPerSecond: Infinity })
    await playground.open('chat')
    await expect(responses(page)).toContainText('A long answer')
    await expect(stop(page)).toBeHidden()
    await expect(responses(page)).toContainText('tokens/s')
  })

  test('keeps the text so far when the page is reloaded', async ({ playground }) => {
    const { page } = playground
    await playground.connected('chat')
    await sendMessage(page, 'Tell me')
    await expect(responses(page)).toContainText('A long answer')
    await expect.poll(() => readStorage(page)).toMatch(/draft:/)
    await page.reload()
    await expect(responses(page)).toContainText('The response was interrupted.')
    await expect(responses(page).getByText(/^Reason/)).toBeVisible()
  })

  test('scrolls along only while the end is visible', async ({ playground }) => {
    const { page } = playground
    await page.setViewportSize({ width: 800, height: 500 })
    await playground.connected('chat')
    await sendMessage(page, 'Tell me')
    const thread = page.getByRole('region', { name: 'Messages' })
    const distanceToEnd = (): Promise<number> =>
      thread.evaluate(({ scrollHeight, clientHeight, scrollTop }) => scrollHeight - clientHeight - scrollTop)
    await expect
      .poll(() => thread.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight))
      .toBeGreaterThan(120)
    await expect.poll(distanceToEnd).toBeLessThan(3)
    await thread.hover()
    await page.mouse.wheel(0, -100)
    const jump = page.getByRole('button', { name: 'Jump to latest' })
    await expect(jump).toBeVisible()
    const before = await thread.evaluate(({ scrollTop }) => scrollTop)
    const height = await thread.evaluate(({ scrollHeight }) => scrollHeight)
    await expect.poll(() => thread.evaluate(({ scrollHeight }) => scrollHeight)).toBeGreaterThan(height)
    expect(await thread.evaluate(({ scrollTop }) => scrollTop)).toBe(before)
    await jump.click()
    await expect(jump).toBeHidden()
    await expect.poll(distanceToEnd).toBeLessThan(3)
  })
})

test.describe('errors', () => {
  test.use({
    mockOptions: { reply: () => 'One two three four five six seven eight nine ten.' },
    expectedComplaints: [/^Failed to load resource/],
  })

  test('shows an error and replaces it after a retry', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    mock.inject('load-failed')
    await sendMessage(page, 'Hi')
    await expect(responses(page).getByRole('alert')).toContainText('The request failed.')
    await expect(responses(page).getByRole('alert')).toContainText('ModelLoadError')
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(responses(page)).toContainText('nine ten.')
    await expect(responses(page)).toHaveCount(1)
    await expect(page.getByRole('group', { name: 'Versions of this response' })).toHaveCount(0)
  })

  test('keeps the text so far when the stream breaks, also after a reload', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    mock.inject({ name: 'cut', afterEvents: 6 })
    await sendMessage(page, 'Hi')
    await expect(responses(page).getByRole('alert')).toContainText('The response was interrupted.')
    await expect(responses(page).locator('.md').last()).toContainText('One two')
    await expect.poll(() => readStorage(page)).toMatch(/"state":"broken"/)
    await page.reload()
    await expect(responses(page).getByRole('alert')).toContainText('StreamInterruptedError')
    await expect(responses(page).locator('.md').last()).toContainText('One two')
    await page.getByRole('button', { name: 'Regenerate' }).click()
    await expect(responses(page)).toContainText('nine ten.')
    await expect(page.getByRole('group', { name: 'Versions of this response' })).toContainText('2 / 2')
  })

  test('rejects an invalid setting before sending a request', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    await page.getByLabel('Extra fields').fill('{ nope')
    await expect(page.getByText('Extra fields must be valid JSON.')).toBeVisible()
    await page.getByLabel('Max tokens').fill('0')
    await expect(page.getByText('Must be a whole number of at least 1.')).toBeVisible()
    await sendMessage(page, 'Hi')
    await expect(responses(page).getByRole('alert')).toContainText('Extra fields must be valid JSON.')
    expect(requestBodies(mock)).toEqual([])
  })
})

test.describe('a chat stored in LM Studio', () => {
  test.use({
    mockOptions: { loadDelayMs: 8000, tokensPerSecond: 30, reply: ({ messages }) => `${messages.length} messages.` },
  })

  test('shows the loading progress and sends only new messages', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    await pickModel(page, 'acme/plover-vl')
    await page.getByRole('checkbox', { name: 'Store the chat in LM Studio' }).check()
    await expect(page.getByLabel('Seed')).toBeDisabled()
    await page.getByLabel('Context length').fill('4096')
    await sendMessage(page, 'Hi '.repeat(200))
    await expect(page.getByRole('progressbar', { name: 'Loading the model' })).toHaveAttribute('value', '0.5')
    await expectToFit(playground, 'chat-progress')
    await expect(responses(page)).toContainText('1 messages.')
    await expect(stop(page)).toBeHidden()
    await sendAndWait(page, 'And now?')
    await expect(responses(page).last()).toContainText('3 messages.')
    const sent = mock.calls
      .filter(({ path }) => path === '/api/v1/chat')
      .map(({ body }) => body as Record<string, unknown>)
    expect(sent.at(-1)).toMatchObject({ input: 'And now?', context_length: 4096 })
    expect(sent.at(-1)!.previous_response_id).toMatch(/^resp_/)
  })

  test('sends all messages, with a note, if the server has not stored the earlier ones', async ({
    playground,
    mock,
  }) => {
    const { page } = playground
    await playground.connected('chat')
    await sendAndWait(page, 'Not stored')
    await page.getByRole('checkbox', { name: 'Store the chat in LM Studio' }).check()
    await sendAndWait(page, 'Stored?')
    await expect(responses(page).last()).toContainText('all of them were sent')
    expect(requestBodies(mock).at(-1)!.messages).toHaveLength(3)
  })
})

test.describe('images', () => {
  /** Draws an image in the page and encodes it. */
  const createImage = async (page: Page, width: number, height: number, type: string): Promise<Buffer> =>
    Buffer.from(
      await page.evaluate(
        async ([width, height, type]) => {
          const canvas = new OffscreenCanvas(width, height)
          const context = canvas.getContext('2d')!
          const gradient = context.createLinearGradient(0, 0, width, height)
          gradient.addColorStop(0, '#0d6b62')
          gradient.addColorStop(1, '#f2b84b')
          context.fillStyle = gradient
          context.fillRect(0, 0, width, height)
          const bytes = new Uint8Array(await (await canvas.convertToBlob({ type })).arrayBuffer())
          return [...bytes]
        },
        [width, height, type] as const,
      ),
    )
  const sizeOf = (page: Page, url: string): Promise<readonly [number, number]> =>
    page.evaluate(async (url) => {
      const image = new Image()
      image.src = url
      await image.decode()
      return [image.naturalWidth, image.naturalHeight] as const
    }, url)

  test('are added from the file picker, resized, converted and sent', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    await page.getByTestId('attach').setInputFiles([
      { name: 'wide.webp', mimeType: 'image/webp', buffer: await createImage(page, 4096, 1024, 'image/webp') },
      { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: await createImage(page, 300, 200, 'image/jpeg') },
      { name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('no image') },
    ])
    const thumbnails = page.getByRole('list', { name: 'Images' })
    await expect(thumbnails.getByRole('img')).toHaveCount(2)
    await expect(page.getByRole('alert')).toHaveText('This browser cannot read “broken.png” as an image.')
    await expectToFit(playground, 'chat-images')
    await sendAndWait(page, 'What is it?')
    await expect(userMessages(page).getByRole('img')).toHaveCount(2)
    await expectAccessible(playground)
    await expectToFit(playground, 'chat-images-sent')
    const [, wide, photo] = requestBodies(mock).at(-1)!.messages[0]!.content as {
      readonly image_url: { readonly url: string }
    }[]
    expect(wide!.image_url.url).toMatch(/^data:image\/png;base64,/)
    expect(photo!.image_url.url).toMatch(/^data:image\/jpeg;base64,/)
    expect(await sizeOf(page, wide!.image_url.url)).toEqual([2048, 512])
    expect(await sizeOf(page, photo!.image_url.url)).toEqual([300, 200])
    await page.reload()
    await expect(userMessages(page).getByRole('img')).toHaveCount(2)
  })

  test('can be pasted, dropped and removed', async ({ playground }) => {
    const { page } = playground
    await playground.connected('chat')
    const png = [...(await createImage(page, 20, 20, 'image/png'))]
    const add = (how: 'paste' | 'drop'): Promise<void> =>
      field(page).evaluate(
        (element, { png, how }) => {
          const data = new DataTransfer()
          data.items.add(new File([new Uint8Array(png)], 'a.png', { type: 'image/png' }))
          const at = { bubbles: true, cancelable: true }
          element.dispatchEvent(
            how === 'paste'
              ? new ClipboardEvent('paste', { ...at, clipboardData: data })
              : new DragEvent('drop', { ...at, dataTransfer: data }),
          )
        },
        { png, how },
      )
    const images = page.getByRole('list', { name: 'Images' }).getByRole('img')
    await add('paste')
    await expect(images).toHaveCount(1)
    await add('drop')
    await expect(images).toHaveCount(2)
    await page.getByRole('button', { name: 'Remove image 1' }).click()
    await expect(images).toHaveCount(1)
  })

  test('show a warning for a model without vision', async ({ playground }) => {
    const { page } = playground
    await playground.connected('chat')
    await pickModel(page, 'Heron Base')
    await page
      .getByTestId('attach')
      .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: await createImage(page, 20, 20, 'image/png') })
    await expect(page.getByText('Heron Base does not support images')).toBeVisible()
  })
})

test.describe('layout', () => {
  test.use({
    mockOptions: { reply: () => ({ reasoning: 'First the **bird**, then its weight.', text: DOCUMENT }) },
    expectedComplaints: [/^Failed to load resource/],
  })

  test('is accessible and fits at every width', async ({ playground, mock }) => {
    const { page } = playground
    await page.setViewportSize({ width: 1280, height: 860 })
    await playground.connected('chat')
    await expectAccessible(playground)
    await expectToFit(playground, 'chat-empty')
    await sendAndWait(page, 'What do you know about terns? Keep it short, with a table of weights.')
    await responses(page)
      .getByText(/^Reasoned/)
      .click()
    await expect(page.locator('.hljs-keyword').first()).toBeVisible()
    await expectAccessible(playground)
    await page.getByRole('region', { name: 'Messages' }).evaluate((element) => (element.scrollTop = 0))
    await expectToFit(playground, 'chat-answer')
    await page.getByRole('button', { name: 'Regenerate' }).click()
    await expect(stop(page)).toBeHidden()
    mock.inject('load-failed')
    await sendMessage(page, 'And how long do they live?')
    await expect(responses(page).last().getByRole('alert')).toBeVisible()
    await expectAccessible(playground)
    await expectToFit(playground, 'chat-error')
    await page.setViewportSize({ width: 800, height: 860 })
    await page.getByRole('button', { name: /^Chat settings/ }).click()
    await expectAccessible(playground)
    await expectToFit(playground, 'chat-settings')
    // From 1200 px the settings are a panel.
    await page.setViewportSize({ width: 1440, height: 860 })
    await expect(page.getByRole('dialog')).toBeHidden()
    await page.setViewportSize({ width: 800, height: 860 })
    await page.getByRole('button', { name: 'Chats', exact: true }).click()
    await expectAccessible(playground)
    await expectToFit(playground, 'chat-list')
  })

  test('every control is reachable with the keyboard', async ({ playground }) => {
    const { page } = playground
    await page.setViewportSize({ width: 1280, height: 860 })
    await playground.connected('chat')
    await sendAndWait(page, 'Terns')
    // The last control of the response: Markdown is rendered over several frames.
    await expect(responses(page).getByRole('table')).toBeVisible()
    await page.getByRole('region', { name: 'Messages' }).focus()
    const names: string[] = []
    for (let step = 0; step < 30; step++) {
      await page.keyboard.press('Tab')
      names.push(
        await page.evaluate(() => {
          const element = document.activeElement
          return element?.getAttribute('aria-label') ?? element?.textContent ?? ''
        }),
      )
    }
    for (const name of [
      'Copy message',
      'Edit message',
      'the guide',
      'Copy js code',
      'Code, js',
      'Table',
      'Copy response',
      'Regenerate',
      'Message',
    ])
      expect(names).toContain(name)
  })
})
