import type { Page } from '@playwright/test'
import type { MockLMStudioServer } from '../src/testing/node-server.js'
import { posted } from './setup/posted.js'
import type { Site } from './setup/site.js'
import { expect, test } from './setup/test.js'
import { FAILED_REQUEST } from './setup/watch-console.js'

const open = (page: Page, site: Site, endpoint: string, version: number) =>
  page.goto(`${site.url}/pages/use-chat.html?ai=${version}&endpoint=${encodeURIComponent(endpoint)}`)

async function send(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message').fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
}

const replies = (page: Page) => page.locator('[data-role=assistant]')
const conversation = (mock: MockLMStudioServer, index: number): unknown[] =>
  (posted(mock)[index]!.body as { messages: { role: string; content: unknown }[] }).messages.map(
    ({ role, content }) => [role, content],
  )

for (const version of [6, 7]) {
  test.describe(`with ai ${version}`, () => {
    test('useChat shows a response while it is streamed, and continues the conversation', async ({
      page,
      site,
      mock,
    }) => {
      await open(page, site, mock.url, version)
      mock.configure({ reply: () => ({ deltas: ['Seven ', 'gulls.'] }) })
      mock.inject({ name: 'stall', afterEvents: 1 })
      await send(page, 'How many?')
      await expect(replies(page)).toHaveText('Seven ')
      mock.release()
      await expect(replies(page)).toHaveText('Seven gulls.')
      await send(page, 'Sure?')
      await expect(replies(page)).toHaveCount(2)
      await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled()
      expect(conversation(mock, 1)).toEqual([
        ['user', 'How many?'],
        ['assistant', 'Seven gulls.'],
        ['user', 'Sure?'],
      ])
    })

    test('useChat runs a tool in the page', async ({ page, site, mock }) => {
      await open(page, site, mock.url, version)
      let round = 0
      mock.configure({
        reply: () =>
          round++ === 0 ? { toolCalls: [{ name: 'tide_at', arguments: { harbor: 'Oban' } }] } : 'At 04:12.',
      })
      await send(page, 'When is the tide high at Oban?')
      await expect(replies(page)).toHaveText('At 04:12.')
      expect(conversation(mock, 1).at(-1)).toEqual(['tool', '04:12 at Oban'])
    })

    test('useChat shows how far the server has processed the prompt', async ({ page, site, mock }) => {
      await open(page, site, mock.url, version)
      mock.configure({ reply: () => ({ text: 'Seven gulls.', reasoning: '' }) })
      mock.inject({ name: 'prompt-progress', total: 2000, batch: 500, ms: 1 })
      await send(page, 'How many?')
      await expect(replies(page)).toHaveText('Seven gulls.')
      await expect(page.getByRole('progressbar')).toHaveJSProperty('value', 1)
    })

    test('the button of useChat that stops closes the connection', async ({ page, site, mock }) => {
      await open(page, site, mock.url, version)
      mock.configure({ reply: () => ({ deltas: ['Seven ', 'gulls.'] }) })
      mock.inject({ name: 'stall', afterEvents: 1 })
      await send(page, 'How many?')
      await expect(replies(page)).toHaveText('Seven ')
      await page.getByRole('button', { name: 'Stop' }).click()
      expect(await posted(mock)[0]!.finished).toBe('aborted')
      await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled()
      await expect(page.getByRole('alert')).toBeEmpty()
    })

    test.describe('with CORS off', () => {
      test.use({ mockOptions: { cors: false }, expectedComplaints: [FAILED_REQUEST] })

      test('useChat shows the cause and what to do', async ({ page, site, mock }) => {
        await open(page, site, mock.url, version)
        await send(page, 'How many?')
        await expect(page.getByRole('alert')).toContainText('turn on "Enable CORS"')
      })
    })
  })
}
