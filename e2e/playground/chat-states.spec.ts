import type { Locator, Page } from '@playwright/test'
import { FAILED_REQUEST } from '../setup/watch-console.js'
import { expect, expectAccessible, expectToFit, test } from './setup.js'

// What Chat does while the server is missing, and at unusual window sizes.

const field = (page: Page): Locator => page.getByRole('textbox', { name: 'Message', exact: true })
const send = (page: Page): Locator => page.getByRole('button', { name: 'Send', exact: true })
const responses = (page: Page): Locator => page.getByRole('article', { name: /^Response from/ })
const banner = (page: Page): Locator => page.getByRole('status', { name: 'Connection' })

// axe and the screenshots take a while on a busy machine.
test.describe.configure({ timeout: 300_000 })

test.use({
  expectedComplaints: [FAILED_REQUEST],
  mockOptions: { reply: ({ messages }) => `You said *${messages.at(-1)!.text}*.` },
})

test('Enter works before the models are known', async ({ playground, site, mock }) => {
  const { page } = playground
  let release = (): void => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  await page.route(/\/api\/v1\/models$/, async (route) => {
    await released
    await route.continue()
  })
  await page.goto(`${site.url}/?endpoint=${encodeURIComponent(mock.url)}#/chat`)
  await expect(field(page)).toBeFocused()
  await page.keyboard.type('early')
  await page.keyboard.press('Enter')
  await expect(page.getByText('The message is sent then.')).toBeVisible()
  await expect(field(page)).toHaveValue('early')
  release()
  await expect(responses(page).locator('em')).toHaveText('early')
  await expect(field(page)).toHaveValue('')
})

test('lists the models once on load', async ({ playground, mock }) => {
  await playground.connected('chat')
  await expect(playground.page.getByRole('button', { name: /^Model:/ })).toBeVisible()
  const listed = mock.calls.filter(({ method, path }) => method === 'GET' && path.endsWith('/models'))
  expect(listed.map(({ path }) => path)).toEqual(['/api/v1/models'])
})

test.describe('a server that requires a token', () => {
  test.use({ mockOptions: { auth: true } })

  test('is named above the composer, with the way to enter the token', async ({ playground, site, mock }) => {
    const { page } = playground
    await page.goto(`${site.url}/?endpoint=${encodeURIComponent(mock.url)}#/chat`)
    await expect(banner(page)).toContainText('The server requires an API token.')
    await field(page).fill('keep me')
    await field(page).press('Enter')
    await expect(field(page)).toHaveValue('keep me')
    await expectAccessible(playground)
    await banner(page).getByRole('link', { name: 'Enter the API token' }).click()
    await expect(page.getByLabel('API token')).toBeFocused()
    await page.getByLabel('API token').fill(mock.apiToken ?? '')
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(page.getByRole('banner').getByRole('status')).toHaveText('Connected')
    await playground.open('chat')
    await expect(banner(page)).toHaveCount(0)
    await field(page).press('Enter')
    await expect(responses(page)).toHaveCount(1)
  })
})

test.describe('a server without models', () => {
  test.use({ mockOptions: { models: [] } })

  test('offers to open Models', async ({ playground, site, mock }) => {
    const { page } = playground
    await page.goto(`${site.url}/?endpoint=${encodeURIComponent(mock.url)}#/chat`)
    await expect(banner(page)).toContainText('The server has no chat model.')
    await field(page).fill('Hi')
    await expect(send(page)).toBeDisabled()
    await banner(page).getByRole('link', { name: 'Open Models' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Models' })).toBeVisible()
  })
})

test('keeps the composer, its text and its focus when the server stops, and recovers', async ({ playground, mock }) => {
  const { page } = playground
  await playground.connected('chat')
  await field(page).fill('first')
  await field(page).press('Enter')
  await expect(responses(page)).toHaveCount(1)
  await field(page).pressSequentially('half a sen')
  mock.configure({ cors: false })
  await page.evaluate(() => dispatchEvent(new Event('offline')))
  await expect(banner(page)).toContainText('The server is not responding.')
  await expect(field(page)).toBeFocused()
  await page.keyboard.type('tence')
  await expect(field(page)).toHaveValue('half a sentence')
  await expect(send(page)).toBeDisabled()
  await expect(page.getByText('Not connected')).toHaveCount(0)
  mock.configure({ cors: true })
  await banner(page).getByRole('button', { name: 'Try again' }).click()
  await expect(banner(page)).toHaveCount(0)
  await expect(send(page)).toBeEnabled()
  await expect(field(page)).toHaveValue('half a sentence')
})

test('the banner fits at every width', async ({ playground, mock }) => {
  const { page } = playground
  await playground.connected('chat')
  mock.configure({ cors: false })
  await page.evaluate(() => dispatchEvent(new Event('offline')))
  await expect(banner(page)).toBeVisible()
  await expectToFit(playground, 'chat-server-stopped')
})

test('takes a file that is dropped beside the composer', async ({ playground }) => {
  const { page } = playground
  await playground.connected('chat')
  const wasPrevented = await page.getByRole('region', { name: 'Messages' }).evaluate((element) => {
    const data = new DataTransfer()
    data.items.add(new File(['# Notes\n'.repeat(50)], 'notes.md', { type: 'text/markdown' }))
    const fire = (type: string): boolean =>
      !element.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: data }))
    return [fire('dragover'), fire('drop')]
  })
  expect(wasPrevented).toEqual([true, true])
  await expect(page.getByRole('list', { name: 'Files' })).toContainText('notes.md')
})

test('sends a text file with its estimated tokens', async ({ playground, mock }) => {
  const { page } = playground
  await playground.connected('chat')
  const picking = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: /^Attach/ }).click()
  await (
    await picking
  ).setFiles([
    { name: 'notes.md', mimeType: 'text/markdown', buffer: Buffer.from('x'.repeat(4_000)) },
    { name: 'program.bin', mimeType: 'application/octet-stream', buffer: Buffer.from([0, 1, 2]) },
  ])
  await expect(page.getByRole('list', { name: 'Files' })).toContainText('≈ 1,008 tokens')
  await expect(page.getByRole('alert')).toHaveText('“program.bin” is not an image or a text file.')
  await expect(field(page)).toBeFocused()
  await page.keyboard.type('Summarize')
  await page.keyboard.press('Enter')
  await expect(responses(page)).toHaveCount(1)
  await expect(page.getByRole('article', { name: 'Your message' })).toContainText('notes.md')
  await expect(page.locator('.message-assistant .figures')).toBeVisible()
  const { messages } = mock.calls.find(({ method, path }) => method === 'POST' && path === '/v1/chat/completions')!
    .body as {
    readonly messages: readonly { readonly content: string }[]
  }
  expect(messages[0]!.content).toBe(`<file name="notes.md">\n${'x'.repeat(4_000)}\n</file>\n\nSummarize`)
  await page.reload()
  await expect(page.getByRole('article', { name: 'Your message' })).toContainText('notes.md')
})

test('the mock repeats the text of a message that has a file', async ({ playground }) => {
  const { page } = playground
  await playground.mocked('chat')
  await page.getByTestId('attach').setInputFiles([
    { name: 'a "quoted" name.md', mimeType: 'text/markdown', buffer: Buffer.from('echo: not this') },
    { name: 'notes.md', mimeType: 'text/markdown', buffer: Buffer.from('One\n\nTwo') },
  ])
  await expect(page.getByRole('list', { name: 'Files' }).getByRole('listitem')).toHaveCount(2)
  await field(page).fill('echo: only this')
  await field(page).press('Enter')
  await expect(page.locator('.message-assistant .figures')).toBeVisible()
  await expect(responses(page).locator('.md')).toHaveText('only this')
})

test.describe('a long answer', () => {
  test.use({ mockOptions: { reply: () => 'A tern is a slender seabird.\n\n'.repeat(40) } })

  /** Waits until all of the answer is rendered, which can be after the stream has ended. */
  const isShown = (page: Page): Promise<void> => expect(page.getByText('A tern is a slender seabird.')).toHaveCount(40)

  for (const [name, width, height] of [
    ['at 400 % zoom', 320, 200],
    ['on a phone in landscape', 740, 360],
  ] as const) {
    test(`scrolls with the page ${name}`, async ({ playground }) => {
      const { page } = playground
      await page.setViewportSize({ width, height })
      await playground.connected('chat')
      await field(page).fill('Go on')
      await send(page).click()
      await expect(page.locator('.message-assistant .figures')).toBeAttached()
      await isShown(page)
      const scrolled = () =>
        page.evaluate(() => {
          const thread = document.querySelector('.thread')!
          const bars = ['.header', '.nav'].map((bar) => getComputedStyle(document.querySelector(bar)!).position)
          return {
            isUnrolled: thread.scrollHeight === thread.clientHeight && thread.clientHeight > innerHeight,
            bars,
            isWide: document.documentElement.scrollWidth > innerWidth,
            isAtEnd: scrollY + innerHeight > document.documentElement.scrollHeight - 60,
          }
        })
      await expect
        .poll(scrolled)
        .toEqual({ isUnrolled: true, bars: ['static', 'static'], isWide: false, isAtEnd: true })
    })
  }

  test('prints completely, without the controls', async ({ playground }) => {
    const { page } = playground
    await playground.connected('chat')
    await field(page).fill('Go on')
    await field(page).press('Enter')
    await expect(page.locator('.message-assistant .figures')).toBeVisible()
    await isShown(page)
    await page.emulateMedia({ media: 'print' })
    const thread = await page
      .locator('.thread')
      .evaluate(({ scrollHeight, clientHeight }) => ({ isUnrolled: scrollHeight === clientHeight, clientHeight }))
    expect(thread.isUnrolled).toBe(true)
    expect(thread.clientHeight).toBeGreaterThan(1_000)
    await expect(field(page)).toBeHidden()
    await expect(page.getByRole('banner')).toBeHidden()
    await expect(page.getByRole('navigation')).toBeHidden()
    await expect(page.getByRole('button')).toHaveCount(0)
    await expect(page.getByText('A tern is a slender seabird.').last()).toBeVisible()
  })
})

test('a command in a hint ends its line', async ({ playground, mock }) => {
  const { page } = playground
  await playground.connected('chat')
  mock.inject('context-overflow')
  await field(page).fill('Hello')
  await field(page).press('Enter')
  await expect(responses(page).getByRole('button', { name: /^Copy lms load/ })).toBeVisible()
  expect(await responses(page).innerText()).not.toMatch(/Copy\s*[.,;)]/)
})

test('messages in a right-to-left script have their direction', async ({ playground }) => {
  const { page } = playground
  await playground.connected('chat')
  await field(page).fill('שלום עולם')
  expect(await field(page).evaluate((element) => getComputedStyle(element).direction)).toBe('rtl')
  await field(page).press('Enter')
  await expect(responses(page).locator('em')).toHaveText('שלום עולם')
  const direction = await page
    .getByRole('article', { name: 'Your message' })
    .locator('p')
    .evaluate((element) => getComputedStyle(element).direction)
  expect(direction).toBe('rtl')
})
