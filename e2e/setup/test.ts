import { test as base, type Page } from '@playwright/test'
import { startMockLMStudio, type MockLMStudioServer } from '../../src/testing/node-server.js'
import type { MockLMStudioOptions } from '../../src/testing/index.js'
import { startSite, type Site } from './site.js'
import { watchConsole } from './watch-console.js'

interface TestFixtures {
  readonly mockOptions: MockLMStudioOptions
  /** Patterns of expected console errors and warnings. All others fail the test. */
  readonly expectedComplaints: readonly RegExp[]
  /** A mock server for this test, with a different origin than the page. */
  readonly mock: MockLMStudioServer
  /** An empty page with the built package in `window.library`. */
  readonly emptyPage: Page
  /** The page whose console is watched. */
  readonly watchedPage: Page
  readonly quietConsole: void
}

export const test = base.extend<TestFixtures, { readonly site: Site }>({
  site: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the required fixtures from the pattern
    async ({}, use) => {
      await using site = await startSite()
      await use(site)
    },
    { scope: 'worker' },
  ],
  mockOptions: [{}, { option: true }],
  expectedComplaints: [[], { option: true }],
  mock: async ({ mockOptions }, use) => {
    await using mock = await startMockLMStudio(mockOptions)
    await use(mock)
  },
  emptyPage: async ({ page, site }, use) => {
    await openEmptyPage(page, site.url)
    await use(page)
  },
  watchedPage: ({ page }, use) => use(page),
  quietConsole: [
    async ({ watchedPage, expectedComplaints }, use) => {
      const check = watchConsole(watchedPage, expectedComplaints)
      await use()
      check()
    },
    { auto: true },
  ],
})

export async function openEmptyPage(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/pages/empty.html`)
  await page.waitForFunction(() => 'library' in window)
}

export { expect } from '@playwright/test'
