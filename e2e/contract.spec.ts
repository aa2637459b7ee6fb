import type { Page } from '@playwright/test'
import { cacheAdapterContract, persistentAdapterContract } from '../test/contract/cache/adapter.js'
import { controlMock } from '../test/contract/control-mock.js'
import type { MockControl } from '../test/contract/mock-control.js'
import { providerContract } from '../test/contract/provider/index.js'
import type { MockLMStudioServer } from '../src/testing/node-server.js'
import type * as contract from './pages/contract.js'
import { expect, openEmptyPage, test as base } from './setup/test.js'
import { FAILED_REQUEST } from './setup/watch-console.js'

interface ContractPage {
  readonly page: Page
  /** Selects the mock that the page controls. */
  setMock(mock: MockLMStudioServer): void
}

// Built by setup/build.ts and served with the pages.
const CONTRACT = '/contract/contract.js'

/** One page for all cases, because a case needs only a mock of its own. */
const test = base.extend<object, { readonly contractPage: ContractPage }>({
  contractPage: [
    async ({ browser, site }, use) => {
      await using context = await browser.newContext()
      const page = await context.newPage()
      let control: MockControl | undefined
      await page.exposeFunction('control', (method: keyof MockControl, ...rest: never[]) =>
        (control?.[method] as (...rest: never[]) => Promise<unknown>)(...rest),
      )
      await openEmptyPage(page, site.url)
      await use({ page, setMock: (mock) => void (control = controlMock(mock)) })
    },
    { scope: 'worker' },
  ],
  watchedPage: ({ contractPage }, use) => use(contractPage.page),
  expectedComplaints: [FAILED_REQUEST],
})

test.describe('the provider in the browser', () => {
  for (const { name } of providerContract) {
    test(name, async ({ contractPage, mock }) => {
      contractPage.setMock(mock)
      await contractPage.page.evaluate(
        async ([url, name, endpoint]) => {
          const { runProviderCase } = (await import(url)) as typeof contract
          await runProviderCase(name, endpoint)
        },
        [CONTRACT, name, mock.url] as const,
      )
    })
  }
})

test.describe('indexedDBCache with the IndexedDB of the browser', () => {
  for (const { name } of [...cacheAdapterContract, ...persistentAdapterContract]) {
    test(name, async ({ contractPage }) => {
      await contractPage.page.evaluate(
        async ([url, name]) => {
          const { runIndexedDBCase } = (await import(url)) as typeof contract
          await runIndexedDBCase(name)
        },
        [CONTRACT, name] as const,
      )
    })
  }

  test('shares its entries with other pages of the same origin', async ({ contractPage, site }) => {
    const { page } = contractPage
    await page.evaluate(() => window.library.indexedDBCache('shared').set('key', { from: 'page one' }))
    const other = await page.context().newPage()
    await openEmptyPage(other, site.url)
    expect(await other.evaluate(() => window.library.indexedDBCache('shared').get('key'))).toEqual({ from: 'page one' })
    await other.close()
  })
})
