import type { Page } from '@playwright/test'
import { FAILED_REQUEST } from './setup/watch-console.js'
import { expect, test } from './setup/test.js'

test.use({ expectedComplaints: [FAILED_REQUEST] })

/** The error of the first call of a new provider, as plain data. */
const firstFailure = (page: Page, endpoint: string): Promise<Record<string, unknown> | undefined> =>
  page.evaluate(async (endpoint) => {
    try {
      await window.library.createLMStudio({ endpoint, cache: false }).listModels()
      return undefined
    } catch (error) {
      return window.library.ProviderError.isInstance(error) ? error.toJSON() : { name: String(error) }
    }
  }, endpoint)

test('distinguishes CORS that is off from a server that is off', async ({ emptyPage, mock }) => {
  mock.configure({ cors: false })
  expect(await firstFailure(emptyPage, mock.url)).toMatchObject({
    name: 'BrowserAccessError',
    reason: 'cors-disabled',
    hint: expect.stringContaining('Enable CORS'),
    isRetryable: false,
  })
})

test('reports CORS that is off when a preflight fails, without sending the prompt', async ({ emptyPage, mock }) => {
  mock.configure({ cors: false })
  const reason = await emptyPage.evaluate(async (endpoint) => {
    const lmstudio = window.library.createLMStudio({ endpoint, cache: false })
    try {
      await lmstudio.complete({ model: 'acme/tern-4b', prompt: 'Hello.' })
      return 'answered'
    } catch (error) {
      return window.library.BrowserAccessError.isInstance(error) ? error.reason : String(error)
    }
  }, mock.url)
  expect(reason).toBe('cors-disabled')
  expect(mock.calls.map(({ method }) => method)).not.toContain('POST')
})

test('does not report a header that the server does not allow as CORS that is off', async ({ emptyPage, mock }) => {
  const failure = await emptyPage.evaluate(async (endpoint) => {
    const headers = { 'x-my-header': 'not on the list' }
    try {
      await window.library.createLMStudio({ endpoint, headers, cache: false }).listModels()
      return undefined
    } catch (error) {
      return window.library.ProviderError.isInstance(error) ? error.toJSON() : { name: String(error) }
    }
  }, mock.url)
  expect(failure).toMatchObject({ endpoint: mock.url })
  expect(failure).not.toMatchObject({ code: 'cors-disabled' })
})

test('rejects with ServiceNotFoundError when the server is off', async ({ emptyPage, mock }) => {
  await mock.close()
  expect(await firstFailure(emptyPage, mock.url)).toMatchObject({
    name: 'ServiceNotFoundError',
    code: 'not-running',
    endpoint: mock.url,
  })
})

test('reports that a token is required and accepts one', async ({ emptyPage, mock }) => {
  mock.configure({ auth: true })
  expect(await firstFailure(emptyPage, mock.url)).toMatchObject({ name: 'AuthenticationError', code: 'auth-required' })
  const count = await emptyPage.evaluate(
    async ([endpoint, apiToken]) => {
      const models = await window.library.createLMStudio({ endpoint, apiToken, cache: false }).listModels()
      return models.length
    },
    [mock.url, mock.apiToken] as const,
  )
  expect(count).toBe(5)
})

test('lists models without a token and without a preflight', async ({ emptyPage, mock }) => {
  expect(await firstFailure(emptyPage, mock.url)).toBeUndefined()
  expect(mock.calls.map(({ method }) => method)).toEqual(['GET'])
})

test('healthCheck resolves to a report when the browser blocks the response', async ({ emptyPage, mock }) => {
  mock.configure({ cors: false })
  const report = await emptyPage.evaluate(
    (endpoint) => window.library.createLMStudio({ endpoint, cache: false }).healthCheck(),
    mock.url,
  )
  expect(report).toMatchObject({ status: 'unreachable', diagnosis: { code: 'cors-disabled' } })
  expect(report.diagnosis?.steps.length).toBeGreaterThan(0)
})
