import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, CDPSession, Page } from '@playwright/test'
import { listIds } from './setup/list-ids.js'
import { expect, openEmptyPage, test } from './setup/test.js'

// What can happen to the storage of a page while a provider uses it. Every call must work, and nothing of ours may stand
// in the way of others. e2e/cache.spec.ts has the entries themselves; IndexedDB that is missing or throws is there too.

const NAME = 'lmstudio-provider'
const MODELS = ['acme/tern-4b', 'acme/heron-base', 'acme/plover-vl', 'acme/judge-1b', 'text-embedding-plover-v2']

/** A page of the same origin. */
async function openTab(context: BrowserContext, origin: string): Promise<Page> {
  const page = await context.newPage()
  await openEmptyPage(page, origin)
  return page
}

/** Keeps a provider in the page, as an application does. */
const keepProvider = (page: Page, endpoint: string): Promise<void> =>
  page.evaluate((endpoint) => {
    Object.assign(window, { lmstudio: window.library.createLMStudio({ endpoint }) })
  }, endpoint)

/** Lists models with the provider that the page keeps. */
const listAgain = (page: Page, refresh = false): Promise<string[]> =>
  page.evaluate(async (refresh) => {
    const { lmstudio } = window as unknown as { lmstudio: ReturnType<typeof window.library.createLMStudio> }
    return (await lmstudio.listModels({ refresh })).map(({ id }) => id)
  }, refresh)

/** Deletes the database of the cache; resolves to the event that ended the wait. */
const deleteDatabase = (page: Page): Promise<string> =>
  page.evaluate((name) => {
    const request = indexedDB.deleteDatabase(name)
    return new Promise<string>((resolve) => {
      for (const type of ['success', 'blocked', 'error']) request.addEventListener(type, () => resolve(type))
    })
  }, NAME)

/** The number of entries that the cache has in IndexedDB. */
const countEntries = (page: Page): Promise<number> =>
  page.evaluate(async (name) => {
    const cache = window.library.indexedDBCache(name)
    const key = (await new Promise<IDBValidKey[]>((resolve, reject) => {
      const opening = indexedDB.open(name)
      opening.addEventListener('error', () => reject(opening.error))
      opening.addEventListener('success', () => {
        const keys = opening.result.transaction('cache').objectStore('cache').getAllKeys()
        keys.addEventListener('success', () => {
          opening.result.close()
          resolve(keys.result)
        })
      })
    })) as string[]
    const values = await Promise.all(key.map((one) => cache.get(one)))
    return values.filter((value) => value !== undefined).length
  }, NAME)

async function freeze(context: BrowserContext, page: Page): Promise<CDPSession> {
  const devtools = await context.newCDPSession(page)
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
  return devtools
}
const thaw = (devtools: CDPSession): Promise<unknown> => devtools.send('Page.setWebLifecycleState', { state: 'active' })

test('another tab can delete the database while a provider uses it, which then opens it again', async ({
  context,
  emptyPage,
  mock,
  site,
}) => {
  await keepProvider(emptyPage, mock.url)
  expect(await listAgain(emptyPage)).toEqual(MODELS)
  const other = await openTab(context, site.url)
  expect(await deleteDatabase(other)).toBe('success')
  expect(await listAgain(emptyPage)).toEqual(MODELS)
  expect(mock.calls).toHaveLength(2)
  expect(await countEntries(other)).toBe(1)
  // From IndexedDB, in both tabs.
  expect(await listAgain(emptyPage)).toEqual(MODELS)
  expect(await listIds(other, mock.url)).toEqual(MODELS)
  expect(mock.calls).toHaveLength(2)
})

test('another tab can upgrade the database while a provider uses it', async ({ context, emptyPage, mock, site }) => {
  await keepProvider(emptyPage, mock.url)
  expect(await listAgain(emptyPage)).toEqual(MODELS)
  const other = await openTab(context, site.url)
  const event = await other.evaluate((name) => {
    const request = indexedDB.open(name, 7)
    return new Promise<string>((resolve) => {
      for (const type of ['success', 'blocked', 'error']) request.addEventListener(type, () => resolve(type))
    })
  }, NAME)
  expect(event).toBe('success')
  // The other tab keeps the new version open.
  expect(await listAgain(emptyPage)).toEqual(MODELS)
  expect(mock.calls).toHaveLength(1)
})

test('two tabs share the list, and one that invalidates it does so for both', async ({
  context,
  emptyPage,
  mock,
  site,
}) => {
  await keepProvider(emptyPage, mock.url)
  await listAgain(emptyPage)
  const other = await openTab(context, site.url)
  await keepProvider(other, mock.url)
  expect(await listAgain(other)).toEqual(MODELS)
  expect(mock.calls).toHaveLength(1)
  mock.configure({ models: [{ id: 'acme/newcomer' }] })
  expect(await listAgain(other, true)).toEqual(['acme/newcomer'])
  expect(await listAgain(emptyPage)).toEqual(['acme/newcomer'])
  expect(mock.calls).toHaveLength(2)
})

test('lists models when the quota is exceeded, and a reload does not find what could not be replaced', async ({
  emptyPage,
  mock,
  site,
}) => {
  await keepProvider(emptyPage, mock.url)
  await listAgain(emptyPage)
  expect(await countEntries(emptyPage)).toBe(1)
  // `Storage.overrideQuotaForOrigin` does not apply to IndexedDB (Chromium 156), so the page throws the error itself.
  await emptyPage.evaluate(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
    }
  })
  mock.configure({ models: [{ id: 'acme/newcomer' }] })
  expect(await listAgain(emptyPage, true)).toEqual(['acme/newcomer'])
  expect(await listAgain(emptyPage)).toEqual(['acme/newcomer'])
  expect(mock.calls).toHaveLength(2)
  await expect.poll(() => countEntries(emptyPage)).toBe(0)
  await openEmptyPage(emptyPage, site.url)
  expect(await listIds(emptyPage, mock.url)).toEqual(['acme/newcomer'])
})

test('a page whose origin may not use storage lists models', async ({ page, mock, site }) => {
  await page.goto(`${site.url}/pages/empty.html?content-security-policy=sandbox%20allow-scripts`)
  await page.waitForFunction(() => 'library' in window)
  await keepProvider(page, mock.url)
  expect(await listAgain(page)).toEqual(MODELS)
  expect(await listAgain(page)).toEqual(MODELS)
  expect(mock.calls).toHaveLength(1)
})

test('the data of the site can be cleared while a provider uses it', async ({ context, emptyPage, mock, site }) => {
  await keepProvider(emptyPage, mock.url)
  await listAgain(emptyPage)
  const devtools = await context.newCDPSession(emptyPage)
  await devtools.send('Storage.clearDataForOrigin', { origin: site.url, storageTypes: 'all' })
  expect(await listAgain(emptyPage)).toEqual(MODELS)
  expect(await listAgain(emptyPage, true)).toEqual(MODELS)
})

test('a frozen tab with the database open neither stops another tab nor itself after it resumes', async ({
  context,
  emptyPage,
  mock,
  site,
}) => {
  await keepProvider(emptyPage, mock.url)
  await listAgain(emptyPage)
  const other = await openTab(context, site.url)
  const devtools = await freeze(context, emptyPage)
  expect(await listIds(other, mock.url)).toEqual(MODELS)
  expect(
    await other.evaluate(async (endpoint) => {
      const lmstudio = window.library.createLMStudio({ endpoint })
      await lmstudio.listModels({ refresh: true })
      return (await lmstudio.listModels()).length
    }, mock.url),
  ).toBe(MODELS.length)
  await thaw(devtools)
  expect(await listAgain(emptyPage)).toEqual(MODELS)
  expect(await listAgain(emptyPage, true)).toEqual(MODELS)
})

test('a tab that is frozen in the middle of a call completes it after it resumes', async ({
  context,
  emptyPage,
  mock,
}) => {
  mock.inject('delay-headers')
  await keepProvider(emptyPage, mock.url)
  await emptyPage.evaluate(() => {
    const { lmstudio } = window as unknown as { lmstudio: ReturnType<typeof window.library.createLMStudio> }
    Object.assign(window, {
      running: lmstudio.complete({ model: 'acme/tern-4b', prompt: 'Hello.', reasoningEffort: 'none' }),
    })
  })
  await mock.whenHeld()
  const devtools = await freeze(context, emptyPage)
  mock.release()
  await mock.calls.at(-1)!.finished
  await thaw(devtools)
  const text = await emptyPage.evaluate(async () => {
    const { running } = window as unknown as { running: Promise<{ text: string }> }
    return (await running).text
  })
  expect(text).toBe('You said: Hello.')
})

test('a profile whose database is damaged on the disk lists models', async ({ browser, mock, site, launchOptions }) => {
  const folder = mkdtempSync(join(tmpdir(), 'lmstudio-profile-'))
  const open = async (): Promise<{ context: BrowserContext; page: Page }> => {
    const context = await browser.browserType().launchPersistentContext(folder, launchOptions)
    return { context, page: await openTab(context, site.url) }
  }
  const before = await open()
  expect(await listIds(before.page, mock.url)).toEqual(MODELS)
  await before.context.close()
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /IndexedDB[/\\].*leveldb[/\\](?!LOCK).+/.test(path),
  )
  // The entry is in one of them.
  expect(files.some((path) => readFileSync(join(folder, path)).includes('acme/tern-4b'))).toBe(true)
  for (const path of files) writeFileSync(join(folder, path), Buffer.alloc(3_000, 0x5a))
  const after = await open()
  expect(await listIds(after.page, mock.url)).toEqual(MODELS)
  expect(await listIds(after.page, mock.url)).toEqual(MODELS)
  await after.context.close()
  rmSync(folder, { recursive: true, force: true })
})
