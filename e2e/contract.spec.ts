import { cacheAdapterContract, persistentAdapterContract } from '../test/contract/cache/adapter.js'
import { controlMock } from '../test/contract/control-mock.js'
import type { MockControl } from '../test/contract/mock-control.js'
import { providerContract } from '../test/contract/provider/index.js'
import type * as contract from './pages/contract.js'
import { expect, test } from './setup/test.js'
import { FAILED_REQUEST } from './setup/watch-console.js'

// Built by setup/build.ts, and served beside the pages.
const CONTRACT = '/contract/contract.js'

test.describe('the provider, in the browser', () => {
  test.use({ expectedComplaints: [FAILED_REQUEST] })

  for (const { name } of providerContract) {
    test(name, async ({ emptyPage, mock }) => {
      const control = controlMock(mock)
      await emptyPage.exposeFunction('control', (method: keyof MockControl, ...rest: never[]) =>
        (control[method] as (...rest: never[]) => Promise<unknown>)(...rest),
      )
      await emptyPage.evaluate(
        async ([url, name, endpoint]) => {
          const { runProviderCase } = (await import(url)) as typeof contract
          await runProviderCase(name, endpoint)
        },
        [CONTRACT, name, mock.url] as const,
      )
    })
  }
})

test.describe('indexedDBCache, with the IndexedDB of the browser', () => {
  for (const { name } of [...cacheAdapterContract, ...persistentAdapterContract]) {
    test(name, async ({ emptyPage }) => {
      await emptyPage.evaluate(
        async ([url, name]) => {
          const { runIndexedDBCase } = (await import(url)) as typeof contract
          await runIndexedDBCase(name)
        },
        [CONTRACT, name] as const,
      )
    })
  }

  test('what one page keeps, the next page of the origin finds', async ({ emptyPage, context, site }) => {
    await emptyPage.evaluate(() => window.library.indexedDBCache('shared').set('key', { from: 'page one' }))
    const other = await context.newPage()
    await other.goto(`${site.url}/pages/empty.html`)
    await other.waitForFunction(() => 'library' in window)
    expect(await other.evaluate(() => window.library.indexedDBCache('shared').get('key'))).toEqual({ from: 'page one' })
  })
})
