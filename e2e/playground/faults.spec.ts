import type { Locator, Page } from '@playwright/test'
import { clickAtBottom, expect, expectAccessible, expectToFit, test } from './setup.js'

const result = (page: Page): Locator => page.getByRole('region', { name: 'Result', exact: true })
const verdict = (page: Page): Locator => result(page).getByRole('status')
const preset = (page: Page, name: string): Locator =>
  page.getByRole('region', { name: 'Common problems' }).getByRole('button', { name: new RegExp(`^${name}`) })

test('shows that the library recovered and after how many retries', async ({ playground, page }) => {
  await playground.mocked('faults')
  await preset(page, 'Temporarily busy').click()
  await expect(verdict(page)).toHaveText('Recovered after 2 retries.')
  const requests = page.getByRole('region', { name: 'Requests made' }).locator('.fault-requests')
  await expect(requests.getByRole('listitem').filter({ hasText: '503' })).toHaveCount(2)
  await expect(requests.getByRole('listitem').filter({ hasText: '200' })).toHaveCount(1)
  await expect(result(page).getByRole('region', { name: 'Return value as JSON' })).toContainText(
    '"finishReason": "stop"',
  )
})

test('shows the result of Run on a phone', async ({ playground, page }) => {
  await page.setViewportSize({ width: 390, height: 740 })
  await playground.mocked('faults')
  await clickAtBottom(page.getByRole('button', { name: 'Run', exact: true }))
  await expect(verdict(page)).toHaveText('Recovered after 1 retry.')
  await expect(verdict(page)).toBeInViewport()
})

test('does not call a tool call with broken arguments a success', async ({ playground, page }) => {
  await playground.mocked('faults')
  await preset(page, 'Truncated tool call').click()
  await expect(verdict(page)).toHaveText('The call succeeded, but the arguments of a tool call are not valid JSON.')
  await expect(result(page).getByText('incomplete', { exact: true })).toBeVisible()
  await expect(result(page).getByRole('region', { name: 'Return value as JSON' })).toContainText('rawArguments')
})

test('does not call the requests to older routes retries', async ({ playground, page }) => {
  await playground.mocked('faults')
  await preset(page, 'Proxy page').click()
  await expect(verdict(page)).toHaveText('The library threw an error. It tried 3 routes.')
})

test('is usable at once, whichever server is connected', async ({ playground, page, mock }) => {
  await playground.connected('faults')
  await preset(page, 'Temporarily busy').click()
  await expect(verdict(page)).toHaveText('Recovered after 2 retries.')
  expect(mock.calls.filter(({ method }) => method === 'POST')).toEqual([])
  await expect(page.getByRole('button', { name: 'Inject for other views' })).toHaveCount(0)
  await expect(page.getByText('connect to the mock inside this page')).toBeVisible()
  await expectAccessible(playground)
  await expectToFit(playground, 'faults-real')
})

test('shows the class, code, message, hint, retries and partial result of an error', async ({ playground, page }) => {
  await playground.mocked('faults')
  await preset(page, 'Server stopped').click()
  await expect(verdict(page)).toContainText('The library threw an error.')
  await expect(result(page)).toContainText('StreamInterruptedError')
  await expect(result(page)).toContainText('Hint:')
  await expect(result(page)).toContainText('stream-interrupted')
  await expect(result(page)).toContainText('isRetryable')
  await expect(result(page).getByRole('region', { name: 'Partial result' })).toContainText('"text": "')
  await expect(result(page).getByRole('region', { name: 'Text so far' })).toContainText('lorem adipiscing')
  await expectAccessible(playground)
  await expectToFit(playground, 'faults-error')
})

test('every common problem ends without intervention', async ({ playground, page }) => {
  await playground.mocked('faults')
  const names = await page
    .getByRole('region', { name: 'Common problems' })
    .getByRole('button')
    .locator('b')
    .allTextContents()
  expect(names.length).toBeGreaterThan(10)
  const ends: Record<string, string> = {}
  for (const name of names) {
    await preset(page, name).click()
    await expect(verdict(page)).not.toHaveText('The call is running.')
    const title = result(page).locator('.error-title')
    ends[name] = (await title.count()) > 0 ? (await title.textContent())! : 'succeeded'
  }
  expect(ends).toEqual({
    'Temporarily busy': 'succeeded',
    'Too many requests': 'succeeded',
    'No model loaded': 'ModelNotFoundError: no-models-loaded',
    'Out of memory': 'ModelLoadError: model-load',
    'Context overflow': 'ContextLengthError: context-length',
    'Model unloaded': 'succeeded',
    'Server stopped': 'StreamInterruptedError: stream-interrupted',
    'Stalled stream': 'TimeoutError: timeout',
    'Engine crash': 'ModelLoadError: engine-crashed',
    'Empty response': 'InvalidResponseError: empty-response',
    'Proxy page': 'InvalidResponseError: not-json',
    'Token rejected': 'AuthenticationError: auth-required',
    'Truncated tool call': 'succeeded',
    'JSON in reasoning': 'succeeded',
    'Shuffled vectors': 'succeeded',
    'MCP server unreachable': 'ApiError: integration-unreachable',
  })
})

test('stops a call that hangs and releases a delayed response', async ({ playground, page }) => {
  await playground.mocked('faults')
  await page.getByLabel('Fault', { exact: true }).selectOption('delay-headers')
  await page.getByLabel('Timeouts').selectOption('Default: up to 10 minutes')
  await page.getByLabel('Call', { exact: true }).selectOption('embed')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(verdict(page)).toHaveText('The call is running.')
  await result(page).getByRole('button', { name: 'Stop' }).click()
  await expect(verdict(page)).toContainText('You stopped the call')
  await expect(page.getByRole('region', { name: 'Requests made' })).toContainText('aborted')

  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Requests made' })).toContainText('waiting')
  await result(page).getByRole('button', { name: 'Release' }).click()
  await expect(verdict(page)).toContainText('on the first attempt')

  await page.getByRole('button', { name: 'Reset' }).click()
  await expect(page.getByText('Nothing has run yet')).toBeVisible()
  await expect(page.getByLabel('Fault', { exact: true })).toHaveValue('status')
})

test('offers only the calls and parameters that apply to the fault', async ({ playground, page }) => {
  await playground.mocked('faults')
  await page.getByLabel('Fault', { exact: true }).selectOption('embeddings-unordered')
  await expect(page.getByLabel('Call', { exact: true }).getByRole('option')).toHaveText(['embed: three texts'])
  await page.getByLabel('Fault', { exact: true }).selectOption('status')
  await page.getByLabel('Status').selectOption('429')
  await page.getByLabel('Retry-After').fill('soon')
  await expect(page.getByText('Enter a number of at least 0.')).toBeVisible()
  await page.getByLabel('Retry-After').fill('1')
  await page.getByLabel('Affected requests').selectOption('All requests')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(result(page)).toContainText('retryAfterMs')
  await expect(result(page)).toContainText('RateLimitError')
})

test('injects a fault for another view and removes it', async ({ playground, page }) => {
  await playground.mocked('faults')
  await page.getByLabel('Call', { exact: true }).selectOption('listModels')
  await page.getByLabel('Status').selectOption('401')
  await page.getByLabel('Affected requests').selectOption('All requests')
  await page.getByRole('button', { name: 'Inject for other views' }).click()
  await expect(page.getByText('1 fault is waiting for other views.')).toBeVisible()
  await playground.open('models')
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(page.getByRole('alert')).toContainText('AuthenticationError')
  await playground.open('faults')
  await page.getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('waiting for other views.')).toHaveCount(0)
})

test('continues while another view is open', async ({ playground, page }) => {
  await playground.mocked('faults')
  await preset(page, 'Stalled stream').click()
  await playground.open('inspector')
  await playground.open('faults')
  await expect(verdict(page)).toContainText('The library threw an error.')
  await expect(result(page)).toContainText('TimeoutError')
})

test('is accessible and fits at every width', async ({ playground, page }) => {
  await playground.mocked('faults')
  await expectAccessible(playground)
  await preset(page, 'Too many requests').click()
  await expect(verdict(page)).toContainText('Recovered after 1 retry.')
  await expectAccessible(playground)
  await expectToFit(playground, 'faults')
})
