import { readFile } from 'node:fs/promises'
import type { Locator, Page } from '@playwright/test'
import { FAILED_REQUEST } from '../setup/watch-console.js'
import { DOCUMENT } from './markdown-texts.js'
import { expect, expectAccessible, shoot, test } from './setup.js'

const field = (page: Page): Locator => page.getByRole('textbox', { name: 'Message', exact: true })
const answers = (page: Page): Locator => page.getByRole('article', { name: /^Answer of/ })
const questions = (page: Page): Locator => page.getByRole('article', { name: 'You said' })
const stop = (page: Page): Locator => page.getByRole('button', { name: 'Stop' })

async function ask(page: Page, text: string): Promise<void> {
  await field(page).fill(text)
  await field(page).press('Enter')
}

/** Sends, and waits for the whole answer. */
async function askAndWait(page: Page, text: string): Promise<void> {
  const before = await answers(page).count()
  await ask(page, text)
  await expect(answers(page)).toHaveCount(before + 1)
  await expect(stop(page)).toBeHidden()
}

/** What this browser has in store, as text. */
const kept = (page: Page): Promise<string> =>
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

/** Bodies of the chat completions so far. */
const bodies = (mock: {
  readonly calls: readonly { readonly path: string; readonly method: string; readonly body: unknown }[]
}) =>
  mock.calls
    .filter(({ path, method }) => path === '/v1/chat/completions' && method === 'POST')
    .map(
      ({ body }) =>
        body as { readonly messages: readonly { role: string; content: unknown }[] } & Record<string, unknown>,
    )

test.describe('a message that is not sent yet', () => {
  test.use({ expectedComplaints: [FAILED_REQUEST] })

  test('is still there after another view, another conversation, and a server that goes', async ({
    playground,
    mock,
  }) => {
    const { page } = playground
    await playground.connected('chat')
    await askAndWait(page, 'first')
    await field(page).fill('half a thought')
    await playground.open('models')
    await playground.open('chat')
    await expect(field(page)).toHaveValue('half a thought')
    await page.getByRole('button', { name: 'New conversation' }).first().click()
    await expect(field(page)).toHaveValue('')
    await page.getByRole('button', { name: /^first/ }).click()
    await expect(field(page)).toHaveValue('half a thought')
    await mock.close()
    await page.evaluate(() => dispatchEvent(new Event('offline')))
    await expect(page.getByText('Nothing to talk to yet')).toBeVisible()
    await playground.open('connect')
    await page.getByRole('button', { name: 'Use the mock' }).click()
    await expect(page.getByText('Everything is ready')).toBeVisible()
    await playground.open('chat')
    await expect(field(page)).toHaveValue('half a thought')
    await field(page).press('Enter')
    await expect(field(page)).toHaveValue('')
    await playground.open('models')
    await playground.open('chat')
    await expect(field(page)).toHaveValue('')
  })
})

test.describe('a conversation', () => {
  test.use({ mockOptions: { reply: ({ messages }) => `You said *${messages.at(-1)!.text}*.` } })

  test('shows question, answer, its figures, and sends everything that was said before', async ({
    playground,
    mock,
  }) => {
    const { page } = playground
    await playground.connected('chat')
    await askAndWait(page, 'one')
    await expect(questions(page)).toContainText('one')
    await expect(answers(page).locator('em')).toHaveText('one')
    await expect(answers(page)).toContainText(/tokens\/s/)
    await expect(answers(page)).toContainText(/to first token/)
    await askAndWait(page, 'two')
    expect(
      bodies(mock)
        .at(-1)!
        .messages.map(({ role, content }) => `${role}: ${String(content)}`),
    ).toEqual(['user: one', 'assistant: You said *one*.', 'user: two'])
    await expect(page.getByRole('status', { name: 'Progress of the answer' })).toHaveText('Answer: You said *two*.')
  })

  test('is there again after a reload, with its settings', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    await page.getByRole('button', { name: /Settings of this conversation/ }).click()
    await page.getByLabel('System prompt').fill('Be brief.')
    await page.getByLabel('Temperature, as a number').fill('0.3')
    await page.getByLabel('Longest answer').fill('200')
    await page.getByLabel('Stop at').fill('END\nSTOP')
    await page.getByLabel('Token bias').fill('15043 -100')
    await page.getByLabel('Extra fields').fill('{ "custom": true }')
    await page.keyboard.press('Escape')
    await askAndWait(page, 'remember me')
    await page.reload()
    await expect(answers(page).locator('em')).toHaveText('remember me')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('remember me')
    await expect(page.getByRole('banner').getByRole('status')).toContainText('Connected')
    await askAndWait(page, 'more')
    expect(bodies(mock).at(-1)).toMatchObject({
      temperature: 0.3,
      max_tokens: 200,
      stop: ['END', 'STOP'],
      logit_bias: { 15043: -100 },
      custom: true,
      messages: [{ role: 'system', content: 'Be brief.' }, {}, {}, { content: 'more' }],
    })
  })

  test('branches: another answer, an edited question, and back', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    await askAndWait(page, 'first')
    mock.configure({ reply: () => 'Another one.' })
    await page.getByRole('button', { name: 'Another answer' }).click()
    await expect(answers(page)).toContainText('Another one.')
    await expect(page.getByRole('group', { name: 'Other answers' })).toContainText('2 / 2')
    await page.getByRole('button', { name: 'Earlier answer' }).click()
    await expect(answers(page)).toContainText('You said first.')
    await page.getByRole('button', { name: 'Edit the question' }).click()
    await expect(page.getByRole('textbox', { name: 'Edited question' })).toBeFocused()
    await page.getByRole('textbox', { name: 'Edited question' }).fill('second')
    await page.getByRole('button', { name: 'Ask again' }).click()
    await expect(questions(page)).toContainText('second')
    await expect(page.getByRole('group', { name: 'Other questions' })).toContainText('2 / 2')
    await expect(stop(page)).toBeHidden()
    expect(bodies(mock).at(-1)!.messages).toEqual([{ role: 'user', content: 'second' }])
    await page.getByRole('button', { name: 'Earlier question' }).click()
    await expect(questions(page)).toContainText('first')
    await expect(answers(page)).toContainText('You said first.')
    await page.reload()
    await expect(answers(page)).toContainText('You said first.')
  })

  test('goes on in a conversation of its own from an answer', async ({ playground }) => {
    const { page } = playground
    await page.setViewportSize({ width: 1280, height: 800 })
    await playground.connected('chat')
    await askAndWait(page, 'one')
    await askAndWait(page, 'two')
    await page.getByRole('button', { name: 'Go on from here in a new conversation' }).first().click()
    await expect(answers(page)).toHaveCount(1)
    await expect(page.getByRole('listitem').filter({ hasText: 'messages' })).toHaveCount(2)
  })

  test('can be removed, brought back, exported and imported', async ({ playground }) => {
    const { page } = playground
    await page.setViewportSize({ width: 1280, height: 800 })
    await playground.connected('chat')
    await askAndWait(page, 'keep this')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export all' }).click(),
    ])
    const file = await readFile(await download.path(), 'utf8')
    await page.getByRole('button', { name: 'Remove “keep this”' }).click()
    await expect(answers(page)).toHaveCount(0)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(answers(page)).toHaveCount(1)
    await page.getByRole('button', { name: 'Remove “keep this”' }).click()
    await expect(answers(page)).toHaveCount(0)

    const bring = (name: string, content: string): Promise<void> =>
      page.getByTestId('import').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(content) })
    await bring('holiday.json', 'no json')
    await expect(page.getByRole('alert')).toContainText('This file is not JSON')
    await bring('damaged.json', file.replace('"role": "user"', '"role": "nobody"'))
    await expect(page.getByRole('alert')).toContainText(/Conversation 1 of this file is damaged/)
    await expect(answers(page)).toHaveCount(0)
    await bring('conversations.json', file)
    await expect(answers(page).locator('em')).toHaveText('keep this')
    await expect(page.getByRole('alert')).toHaveCount(0)
    await page.reload()
    await expect(answers(page).locator('em')).toHaveText('keep this')
  })
})

test.describe('while it is written', () => {
  test.use({
    mockOptions: {
      tokensPerSecond: 60,
      reply: () => ({
        reasoning: 'Let me think about terns and gulls. '.repeat(2),
        text: 'A long answer about terns. '.repeat(80),
      }),
    },
  })

  test('stops, keeps what came, and says so', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    await ask(page, 'Tell me')
    await expect(answers(page)).toContainText('A long answer')
    await expect(answers(page)).toHaveAttribute('aria-busy', 'true')
    await field(page).press('Escape')
    await expect(answers(page)).toContainText('Stopped here.')
    await expect(answers(page)).toContainText('A long answer')
    await expect.poll(() => kept(page)).toMatch(/"state":"stopped"/)
    const call = mock.calls.find(({ path, method }) => path === '/v1/chat/completions' && method === 'POST')!
    expect(await call.finished).toBe('aborted')
    await page.reload()
    await expect(answers(page)).toContainText('Stopped here.')
    await expect(answers(page)).toContainText('A long answer')
  })

  test('shows its thinking, closed, with how long it took', async ({ playground }) => {
    const { page } = playground
    await playground.connected('chat')
    await ask(page, 'Tell me')
    await expect(answers(page).getByText(/^Thinking for/)).toBeVisible()
    await expect(answers(page)).toContainText('A long answer')
    const summary = answers(page).getByText(/^Thought for|^Thought/)
    await expect(answers(page).getByText('Let me think')).toBeHidden()
    await summary.click()
    await expect(answers(page).getByText('Let me think')).toBeVisible()
    await stop(page).click()
    await expect(answers(page).getByText(/^Thought for \d/)).toBeVisible()
  })

  test('goes on while another view is open', async ({ playground, mock }) => {
    test.setTimeout(60_000)
    const { page } = playground
    await playground.connected('chat')
    await ask(page, 'Tell me')
    await expect(answers(page)).toContainText('A long answer')
    await playground.open('models')
    mock.configure({ tokensPerSecond: Infinity })
    await playground.open('chat')
    await expect(answers(page)).toContainText('A long answer')
    await expect(stop(page)).toBeHidden({ timeout: 15_000 })
    await expect(answers(page)).toContainText('tokens/s')
  })

  test('keeps what had come when the page is left', async ({ playground }) => {
    const { page } = playground
    await playground.connected('chat')
    await ask(page, 'Tell me')
    await expect(answers(page)).toContainText('A long answer')
    await expect.poll(() => kept(page)).toMatch(/draft:/)
    await page.reload()
    await expect(answers(page)).toContainText('The answer broke off.')
    await expect(answers(page).getByText(/^Thought/)).toBeVisible()
  })

  test('follows the end only while it is in sight', async ({ playground }) => {
    const { page } = playground
    await page.setViewportSize({ width: 800, height: 500 })
    await playground.connected('chat')
    await ask(page, 'Tell me')
    const thread = page.getByRole('region', { name: 'What was said' })
    const room = (): Promise<number> =>
      thread.evaluate(({ scrollHeight, clientHeight, scrollTop }) => scrollHeight - clientHeight - scrollTop)
    await expect
      .poll(() => thread.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight))
      .toBeGreaterThan(120)
    await expect.poll(room).toBeLessThan(3)
    await thread.hover()
    await page.mouse.wheel(0, -100)
    const jump = page.getByRole('button', { name: 'Jump to the latest' })
    await expect(jump).toBeVisible()
    const before = await thread.evaluate(({ scrollTop }) => scrollTop)
    const height = await thread.evaluate(({ scrollHeight }) => scrollHeight)
    await expect.poll(() => thread.evaluate(({ scrollHeight }) => scrollHeight)).toBeGreaterThan(height)
    expect(await thread.evaluate(({ scrollTop }) => scrollTop)).toBe(before)
    await jump.click()
    await expect(jump).toBeHidden()
    await expect.poll(room).toBeLessThan(3)
  })
})

test.describe('what goes wrong', () => {
  test.use({
    mockOptions: { reply: () => 'One two three four five six seven eight nine ten.' },
    expectedComplaints: [/^Failed to load resource/],
  })

  test('shows the error with its next step, and tries again in its place', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    mock.inject('load-failed')
    await ask(page, 'Hi')
    await expect(answers(page).getByRole('alert')).toContainText('There is no answer.')
    await expect(answers(page).getByRole('alert')).toContainText('ModelLoadError')
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(answers(page)).toContainText('nine ten.')
    await expect(answers(page)).toHaveCount(1)
    await expect(page.getByRole('group', { name: 'Other answers' })).toHaveCount(0)
  })

  test('keeps what had come when the stream breaks, also after a reload', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    mock.inject({ name: 'cut', afterEvents: 6 })
    await ask(page, 'Hi')
    await expect(answers(page).getByRole('alert')).toContainText('The answer broke off.')
    await expect(answers(page).locator('.md').last()).toContainText('One two')
    await expect.poll(() => kept(page)).toMatch(/"state":"broken"/)
    await page.reload()
    await expect(answers(page).getByRole('alert')).toContainText('StreamInterruptedError')
    await expect(answers(page).locator('.md').last()).toContainText('One two')
    await page.getByRole('button', { name: 'Another answer' }).click()
    await expect(answers(page)).toContainText('nine ten.')
    await expect(page.getByRole('group', { name: 'Other answers' })).toContainText('2 / 2')
  })

  test('says what is wrong with a setting before anything is sent', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    await page.getByRole('button', { name: /Settings of this conversation/ }).click()
    await page.getByLabel('Extra fields').fill('{ nope')
    await expect(page.getByText('The extra fields are not JSON.')).toBeVisible()
    await page.getByLabel('Longest answer').fill('0')
    await expect(page.getByText('Must be a whole number of at least 1.')).toBeVisible()
    await page.keyboard.press('Escape')
    await ask(page, 'Hi')
    await expect(answers(page).getByRole('alert')).toContainText('The extra fields are not JSON.')
    expect(bodies(mock)).toEqual([])
  })
})

test.describe('a conversation that LM Studio keeps', () => {
  test.use({
    mockOptions: { loadDelayMs: 8000, tokensPerSecond: 30, reply: ({ messages }) => `${messages.length} messages.` },
  })

  test('shows how far the model is, and sends only what is new', async ({ playground, mock }) => {
    test.setTimeout(60_000)
    const { page } = playground
    await playground.connected('chat')
    await page.getByRole('combobox', { name: 'Model' }).selectOption('acme/plover-vl')
    await page.getByRole('button', { name: /Settings of this conversation/ }).click()
    await page.getByRole('checkbox', { name: 'LM Studio keeps the conversation' }).check()
    await expect(page.getByLabel('Seed')).toBeDisabled()
    await page.getByLabel('Context length').fill('4096')
    await page.keyboard.press('Escape')
    await ask(page, 'Hi '.repeat(200))
    await expect(page.getByRole('progressbar', { name: 'Loading the model' })).toHaveAttribute('value', '0.5')
    await shoot(playground, 'chat-progress')
    await expect(answers(page)).toContainText('1 messages.')
    await expect(stop(page)).toBeHidden()
    await askAndWait(page, 'And now?')
    await expect(answers(page).last()).toContainText('3 messages.')
    const sent = mock.calls
      .filter(({ path }) => path === '/api/v1/chat')
      .map(({ body }) => body as Record<string, unknown>)
    expect(sent.at(-1)).toMatchObject({ input: 'And now?', context_length: 4096 })
    expect(sent.at(-1)!.previous_response_id).toMatch(/^resp_/)
  })

  test('sends everything where the server was not told, and says so', async ({ playground, mock }) => {
    const { page } = playground
    await playground.connected('chat')
    await askAndWait(page, 'Not kept')
    await page.getByRole('button', { name: /Settings of this conversation/ }).click()
    await page.getByRole('checkbox', { name: 'LM Studio keeps the conversation' }).check()
    await page.keyboard.press('Escape')
    await askAndWait(page, 'Kept?')
    await expect(answers(page).last()).toContainText('all of it was sent')
    expect(bodies(mock).at(-1)!.messages).toHaveLength(3)
  })
})

test.describe('images', () => {
  /** A picture made in the page, as a file. */
  const picture = async (page: Page, width: number, height: number, type: string): Promise<Buffer> =>
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

  test('come from the picker, are shrunk and converted, and go with the question', async ({ playground, mock }) => {
    test.setTimeout(60_000)
    const { page } = playground
    await playground.connected('chat')
    await page.getByTestId('images').setInputFiles([
      { name: 'wide.webp', mimeType: 'image/webp', buffer: await picture(page, 4096, 1024, 'image/webp') },
      { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: await picture(page, 300, 200, 'image/jpeg') },
      { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no image') },
    ])
    const thumbnails = page.getByRole('list', { name: 'Images' })
    await expect(thumbnails.getByRole('img')).toHaveCount(2)
    await expect(page.getByRole('alert')).toHaveText('“notes.txt” is no image that this browser can read.')
    await shoot(playground, 'chat-images')
    await askAndWait(page, 'What is it?')
    await expect(questions(page).getByRole('img')).toHaveCount(2)
    await expectAccessible(playground)
    await shoot(playground, 'chat-asked-images')
    const [, wide, photo] = bodies(mock).at(-1)!.messages[0]!.content as {
      readonly image_url: { readonly url: string }
    }[]
    expect(wide!.image_url.url).toMatch(/^data:image\/png;base64,/)
    expect(photo!.image_url.url).toMatch(/^data:image\/jpeg;base64,/)
    expect(await sizeOf(page, wide!.image_url.url)).toEqual([2048, 512])
    expect(await sizeOf(page, photo!.image_url.url)).toEqual([300, 200])
    await page.reload()
    await expect(questions(page).getByRole('img')).toHaveCount(2)
  })

  test('come by paste and by drop, and can be taken away', async ({ playground }) => {
    const { page } = playground
    await playground.connected('chat')
    const png = [...(await picture(page, 20, 20, 'image/png'))]
    const give = (how: 'paste' | 'drop'): Promise<void> =>
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
    await give('paste')
    await expect(images).toHaveCount(1)
    await give('drop')
    await expect(images).toHaveCount(2)
    await page.getByRole('button', { name: 'Remove image 1' }).click()
    await expect(images).toHaveCount(1)
  })

  test('are not given to a model that cannot see without a word', async ({ playground }) => {
    const { page } = playground
    await playground.connected('chat')
    await page.getByRole('combobox', { name: 'Model' }).selectOption('acme/heron-base')
    await page
      .getByTestId('images')
      .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: await picture(page, 20, 20, 'image/png') })
    await expect(page.getByText('Heron Base does not read images')).toBeVisible()
  })
})

test.describe('looks', () => {
  test.use({
    mockOptions: { reply: () => ({ reasoning: 'First the **bird**, then its weight.', text: DOCUMENT }) },
    expectedComplaints: [/^Failed to load resource/],
  })

  test('has no barrier, at any width, in any theme, by day and by night', async ({ playground, mock }) => {
    test.setTimeout(90_000)
    const { page } = playground
    await page.setViewportSize({ width: 1280, height: 860 })
    await playground.connected('chat')
    await expectAccessible(playground)
    await shoot(playground, 'chat-empty')
    await askAndWait(page, 'What do you know about terns? Keep it short, with a table of weights.')
    await answers(page)
      .getByText(/^Thought/)
      .click()
    await expect(page.locator('.hljs-keyword').first()).toBeVisible()
    await expectAccessible(playground)
    await page.getByRole('region', { name: 'What was said' }).evaluate((element) => (element.scrollTop = 0))
    await shoot(playground, 'chat-answer')
    await page.getByRole('button', { name: 'Another answer' }).click()
    await expect(stop(page)).toBeHidden()
    mock.inject('load-failed')
    await ask(page, 'And how long do they live?')
    await expect(answers(page).last().getByRole('alert')).toBeVisible()
    await expectAccessible(playground)
    await shoot(playground, 'chat-error')
    await page.getByRole('button', { name: /Settings of this conversation/ }).click()
    await expectAccessible(playground)
    await shoot(playground, 'chat-settings')
    await page.keyboard.press('Escape')
    await page.setViewportSize({ width: 800, height: 860 })
    await page.getByRole('button', { name: 'Conversations', exact: true }).click()
    await expectAccessible(playground)
    await shoot(playground, 'chat-list')
  })

  test('everything is reached with the keyboard', async ({ playground }) => {
    const { page } = playground
    await page.setViewportSize({ width: 1280, height: 860 })
    await playground.connected('chat')
    await askAndWait(page, 'Terns')
    await page.getByRole('region', { name: 'What was said' }).focus()
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
      'Copy the question',
      'Edit the question',
      'the guide',
      'Copy the js code',
      'Code, js',
      'Table',
      'Copy the answer',
      'Another answer',
      'Message',
    ])
      expect(names).toContain(name)
  })
})
