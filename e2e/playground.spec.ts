import type { Page } from '@playwright/test'
import { FAILED_REQUEST } from './setup/watch-console.js'
import { posted } from './setup/posted.js'
import { expect, test } from './setup/test.js'

const answer = '.answer .text'

test.describe('the playground', () => {
  test.beforeEach(async ({ page, site, mock }) => {
    await page.goto(`${site.url}/?endpoint=${encodeURIComponent(mock.url)}`)
  })

  test('connects to the endpoint of its address and shows health and models', async ({ page }) => {
    await expect(page.getByRole('region', { name: 'Server' })).toContainText('Healthy')
    const rows = page.getByRole('table', { name: 'Models' }).getByRole('row')
    await expect(rows).toHaveCount(5)
    await expect(rows.nth(1)).toContainText('Tern 4B')
    await expect(rows.nth(1)).toContainText('loaded')
    await expect(page.getByLabel('Model', { exact: true })).toHaveValue('acme/tern-4b')
  })

  test('paints an answer while it still comes, and its speed at the end', async ({ page, mock }) => {
    mock.configure({ reply: () => ({ reasoning: '', deltas: ['one ', 'two ', 'three'] }) })
    mock.inject({ name: 'stall', afterEvents: 2 })
    await ask(page, 'Count.')
    await mock.whenHeld()
    await expect(page.locator(answer)).toHaveText(/^one/)
    await expect(page.locator(answer)).not.toContainText('three')
    await expect(page.getByRole('article', { name: /^Answer/ })).toHaveAttribute('aria-busy', 'true')
    mock.release()
    await expect(page.locator(answer)).toHaveText('one two three')
    await expect(page.locator('.answer .foot')).toContainText('tokens')
    await expect(page.getByRole('article', { name: /^Answer/ })).toHaveAttribute('aria-busy', 'false')
  })

  test('keeps the reasoning folded away from the answer', async ({ page, mock }) => {
    mock.configure({ reply: () => ({ reasoning: 'Let me see.', text: 'Seen.' }) })
    await ask(page, 'Look.')
    await expect(page.locator(answer)).toHaveText('Seen.')
    await expect(page.getByText('Let me see.')).toBeHidden()
    await page.getByText('Reasoning').click()
    await expect(page.getByText('Let me see.')).toBeVisible()
  })

  test('stops an answer, and the server notices', async ({ page, mock }) => {
    mock.inject({ name: 'stall', afterEvents: 4 })
    await ask(page, 'lorem 500')
    await mock.whenHeld()
    const [call] = posted(mock)
    await page.getByRole('button', { name: 'Stop' }).click()
    expect(await call?.finished).toBe('aborted')
    expect(call?.aborted).toBe(true)
    await expect(page.getByText('Stopped.')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Send' })).toBeVisible()
  })

  test('sends the conversation so far with the next message', async ({ page, mock }) => {
    await ask(page, 'echo: first')
    await expect(page.locator('.answer .foot')).toContainText('tokens')
    await ask(page, 'echo: second')
    await expect(page.locator(answer).nth(1)).toHaveText('second')
    expect(posted(mock).at(-1)?.body).toMatchObject({
      messages: [
        { role: 'user', content: 'echo: first' },
        { role: 'assistant', content: 'first' },
        { role: 'user', content: 'echo: second' },
      ],
    })
  })

  test('shows what a model says as text, never as markup', async ({ page }) => {
    await ask(page, 'echo: <img src=x onerror=alert(1)><b>bold</b>')
    await expect(page.locator(answer)).toHaveText('<img src=x onerror=alert(1)><b>bold</b>')
    await expect(page.locator('.answer img')).toHaveCount(0)
  })

  test('shows a broken answer with what had arrived and the way on', async ({ page, mock }) => {
    mock.configure({ reply: () => ({ reasoning: '', deltas: ['half ', 'an ', 'answer'] }) })
    mock.inject({ name: 'cut', afterEvents: 2 })
    await ask(page, 'Hello.')
    await expect(page.getByRole('alert')).toContainText('StreamInterruptedError')
    await expect(page.locator(answer)).toHaveText('half an')
  })

  test('fits a narrow screen without scrolling sideways', async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 })
    await expect(page.getByRole('region', { name: 'Server' })).toContainText('Healthy')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  })
})

test.describe('the playground at a server that is not to be reached', () => {
  test.use({ expectedComplaints: [FAILED_REQUEST] })

  test('says that CORS is off and where to turn it on', async ({ page, site, mock }) => {
    mock.configure({ cors: false })
    await page.goto(`${site.url}/?endpoint=${encodeURIComponent(mock.url)}`)
    const server = page.getByRole('region', { name: 'Server' })
    await expect(server).toContainText('Unreachable')
    await expect(server.getByRole('listitem').first()).toContainText('CORS')
    mock.configure({ cors: true })
    await page.getByRole('button', { name: 'Connect' }).click()
    await expect(server).toContainText('Healthy')
    await expect(server.getByRole('listitem')).toHaveCount(0)
  })

  test('asks for a token where one is needed, and connects with it', async ({ page, site, mock }) => {
    mock.configure({ auth: true })
    await page.goto(`${site.url}/?endpoint=${encodeURIComponent(mock.url)}`)
    const server = page.getByRole('region', { name: 'Server' })
    await expect(server).toContainText('Limited')
    await expect(server).toContainText('API token')
    await page.getByLabel('API token').fill(mock.apiToken ?? '')
    await page.getByRole('button', { name: 'Connect' }).click()
    await expect(server).toContainText('Healthy')
  })

  test('says what is wrong with an address before asking anyone', async ({ page, site }) => {
    await page.goto(site.url)
    await expect(page.getByRole('region', { name: 'Server' })).toContainText('Not connected')
    await page.getByLabel('Endpoint', { exact: true }).fill('http://192.0.2.1.example')
    await page.getByRole('button', { name: 'Connect' }).click()
    const server = page.getByRole('region', { name: 'Server' })
    await expect(server).toContainText('outside this machine')
    await expect(server.getByRole('listitem')).toContainText('Tick “Allow endpoints outside this network”')
    await page.getByLabel('Endpoint', { exact: true }).fill('127.0.0.1:1234')
    await page.getByLabel('Endpoint', { exact: true }).press('Enter')
    await expect(server.getByRole('listitem')).toHaveText('Write it as http://127.0.0.1:1234.')
    await expect(server).not.toContainText('outside this machine')
  })

  test('copies a command of the advice by keyboard', async ({ page, site, mock, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write', 'local-network-access'])
    mock.configure({ cors: false })
    await page.goto(`${site.url}/?endpoint=${encodeURIComponent(mock.url)}`)
    const command = 'lms server stop && lms server start --cors'
    await page.getByRole('button', { name: `Copy ${command}` }).press('Enter')
    await expect(page.getByRole('button', { name: `Copied ${command}` })).toBeVisible()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(command)
  })
})

async function ask(page: Page, prompt: string): Promise<void> {
  await page.getByLabel('Message').fill(prompt)
  await page.getByRole('button', { name: 'Send' }).click()
}
