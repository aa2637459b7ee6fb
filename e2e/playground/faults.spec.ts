import type { Locator, Page } from '@playwright/test'
import { expect, expectAccessible, shoot, test } from './setup.js'

const result = (page: Page): Locator => page.getByRole('region', { name: 'What the library says' })
const verdict = (page: Page): Locator => result(page).getByRole('status')
const preset = (page: Page, name: string): Locator =>
  page.getByRole('region', { name: 'Well-known problems' }).getByRole('button', { name: new RegExp(`^${name}`) })

test('leaves a real server alone, and offers the mock', async ({ playground, page, mock }) => {
  await playground.connected('faults')
  await expect(page.getByText('This is not the mock of this page')).toBeVisible()
  await expect(page.locator('main')).toContainText(mock.url)
  await expect(page.getByRole('button', { name: 'Run' })).toHaveCount(0)
  await expectAccessible(playground)
  await shoot(playground, 'faults-real')
  await page.getByRole('button', { name: 'Use the mock in this page' }).click()
  await expect(preset(page, 'Silence')).toBeVisible()
})

test('says that the library healed it, and how', async ({ playground, page }) => {
  await playground.mocked('faults')
  await preset(page, 'Busy for a moment').click()
  await expect(verdict(page)).toHaveText('The library healed it: it asked 2 times more, and got an answer.')
  const requests = page.getByRole('region', { name: 'Requests made' })
  await expect(requests.getByRole('listitem').filter({ hasText: '503' })).toHaveCount(2)
  await expect(requests.getByRole('listitem').filter({ hasText: '200' })).toHaveCount(1)
  await expect(result(page).getByRole('region', { name: 'The answer as' })).toContainText('"finishReason": "stop"')
})

test('shows all of an error: class, code, message, next step, retries and the partial answer', async ({
  playground,
  page,
}) => {
  test.setTimeout(60_000)
  await playground.mocked('faults')
  await preset(page, 'Server stopped').click()
  await expect(verdict(page)).toContainText('The library threw an error.')
  await expect(result(page)).toContainText('StreamInterruptedError')
  await expect(result(page)).toContainText('Next step:')
  await expect(result(page)).toContainText('stream-interrupted')
  await expect(result(page)).toContainText('isRetryable')
  await expect(result(page).getByRole('region', { name: 'The partial answer' }).last()).toContainText('"text": "')
  await expect(result(page).getByRole('region', { name: 'Text so far' })).toContainText('lorem adipiscing')
  await expectAccessible(playground)
  await shoot(playground, 'faults-error')
})

test('every well-known problem comes to an end by itself', async ({ playground, page }) => {
  test.setTimeout(90_000)
  await playground.mocked('faults')
  const names = await page
    .getByRole('region', { name: 'Well-known problems' })
    .getByRole('button')
    .locator('b')
    .allTextContents()
  expect(names.length).toBeGreaterThan(10)
  const ends: Record<string, string> = {}
  for (const name of names) {
    await preset(page, name).click()
    await expect(verdict(page)).not.toHaveText('The call is under way.', { timeout: 20_000 })
    const title = result(page).locator('.error-title')
    ends[name] = (await title.count()) > 0 ? (await title.textContent())! : 'answered'
  }
  expect(ends).toEqual({
    'Busy for a moment': 'answered',
    'Too many requests': 'answered',
    'No model loaded': 'ModelNotFoundError',
    'Out of memory': 'ModelLoadError',
    'Too long': 'ContextLengthError',
    'Idle model gone': 'answered',
    'Server stopped': 'StreamInterruptedError',
    Silence: 'TimeoutError',
    'Engine crash': 'ModelLoadError',
    'Nothing said': 'InvalidResponseError',
    'A proxy in between': 'InvalidResponseError',
    'Token refused': 'AuthenticationError',
    'Cut tool call': 'answered',
    'JSON gone astray': 'answered',
    'Vectors shuffled': 'answered',
    'MCP server away': 'ApiError',
  })
})

test('stops what hangs, and lets it go on', async ({ playground, page }) => {
  await playground.mocked('faults')
  await page.getByLabel('Fault', { exact: true }).selectOption('delay-headers')
  await page.getByLabel('Patience of the library').selectOption('Usual: up to 10 minutes')
  await page.getByLabel('Call', { exact: true }).selectOption('embed')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(verdict(page)).toHaveText('The call is under way.')
  await result(page).getByRole('button', { name: 'Stop' }).click()
  await expect(verdict(page)).toContainText('You stopped it')
  await expect(page.getByRole('region', { name: 'Requests made' })).toContainText('stopped')

  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Requests made' })).toContainText('waiting')
  await result(page).getByRole('button', { name: 'Let it go on' }).click()
  await expect(verdict(page)).toContainText('at the first try')

  await page.getByRole('button', { name: 'Reset' }).click()
  await expect(page.getByText('Nothing has gone wrong yet')).toBeVisible()
  await expect(page.getByLabel('Fault', { exact: true })).toHaveValue('status')
})

test('offers only calls that meet the fault, with its parameters and their meaning', async ({ playground, page }) => {
  await playground.mocked('faults')
  await page.getByLabel('Fault', { exact: true }).selectOption('embeddings-unordered')
  await expect(page.getByLabel('Call', { exact: true }).getByRole('option')).toHaveText(['embed: three texts'])
  await page.getByLabel('Fault', { exact: true }).selectOption('status')
  await page.getByLabel('Status').selectOption('429')
  await page.getByLabel('Retry-After').fill('soon')
  await expect(page.getByText('A number from 0.')).toBeVisible()
  await page.getByLabel('Retry-After').fill('1')
  await page.getByLabel('Which requests').selectOption('All of them')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(result(page)).toContainText('retryAfterMs', { timeout: 15_000 })
  await expect(result(page)).toContainText('RateLimitError')
})

test('leaves a fault for another view, and takes it back', async ({ playground, page }) => {
  await playground.mocked('faults')
  await page.getByLabel('Call', { exact: true }).selectOption('listModels')
  await page.getByLabel('Status').selectOption('401')
  await page.getByLabel('Which requests').selectOption('All of them')
  await page.getByRole('button', { name: 'Leave it for the other views' }).click()
  await expect(page.getByText('One fault was left for the other views.')).toBeVisible()
  await playground.open('models')
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(page.getByRole('alert')).toContainText('AuthenticationError')
  await playground.open('faults')
  await page.getByRole('button', { name: 'Take back' }).click()
  await expect(page.getByText('left for the other views.')).toHaveCount(0)
})

test('goes on while another view is open', async ({ playground, page }) => {
  await playground.mocked('faults')
  await preset(page, 'Silence').click()
  await playground.open('inspector')
  await playground.open('faults')
  await expect(verdict(page)).toContainText('The library threw an error.', { timeout: 10_000 })
  await expect(result(page)).toContainText('TimeoutError')
})

test('is accessible and fits at every width', async ({ playground, page }) => {
  test.setTimeout(60_000)
  await playground.mocked('faults')
  await expectAccessible(playground)
  await preset(page, 'Too many requests').click()
  await expect(verdict(page)).toContainText('The library healed it', { timeout: 10_000 })
  await expectAccessible(playground)
  await shoot(playground, 'faults')
})
