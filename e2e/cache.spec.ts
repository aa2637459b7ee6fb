import type { Page } from '@playwright/test'
import { listIds as list } from './setup/list-ids.js'
import { expect, openEmptyPage, test } from './setup/test.js'

/** Reads the entry of the default cache from the database; with a value, replaces the entry. */
const inDatabase = (page: Page, value?: unknown): Promise<unknown> =>
  page.evaluate(async (value) => {
    const promiseOf = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result))
        request.addEventListener('error', () => reject(request.error))
      })
    const database = await promiseOf(indexedDB.open('lmstudio-provider'))
    const store = database.transaction('cache', 'readwrite').objectStore('cache')
    const [key] = await promiseOf(store.getAllKeys())
    const entry: unknown = await (value === undefined ? promiseOf(store.get(key!)) : promiseOf(store.put(value, key)))
    database.close()
    return entry
  }, value)

test('lists models from IndexedDB after a reload, without a request', async ({ emptyPage, mock, site }) => {
  const before = await list(emptyPage, mock.url)
  expect(mock.calls).toHaveLength(1)
  await openEmptyPage(emptyPage, site.url)
  expect(await list(emptyPage, mock.url)).toEqual(before)
  expect(mock.calls).toHaveLength(1)
})

test('fetches the models again when the entry has expired', async ({ emptyPage, mock, site }) => {
  await list(emptyPage, mock.url)
  mock.configure({ models: [{ id: 'acme/newcomer' }] })
  expect(await list(emptyPage, mock.url)).toContain('acme/tern-4b')
  await openEmptyPage(emptyPage, site.url)
  const entry = (await inDatabase(emptyPage)) as { storedAt: number }
  await inDatabase(emptyPage, { ...entry, storedAt: entry.storedAt - 60_000 })
  expect(await list(emptyPage, mock.url, { cacheTtl: 59_000 })).toEqual(['acme/newcomer'])
})

for (const [what, entry] of [
  ['of another shape', { storedAt: Date.now(), value: { api: 'v1', models: [{ name: 'no id' }] } }],
  ['not an object', 'gone wrong'],
  ['from the future', { storedAt: Date.now() + 3_600_000, value: { api: 'v1', models: [] } }],
] as const) {
  test(`replaces a cache entry that is ${what}`, async ({ emptyPage, mock }) => {
    const models = await list(emptyPage, mock.url)
    await inDatabase(emptyPage, entry)
    expect(await list(emptyPage, mock.url)).toEqual(models)
    expect(mock.calls).toHaveLength(2)
    expect(await inDatabase(emptyPage)).toMatchObject({ value: { api: 'v1' } })
    expect(await list(emptyPage, mock.url)).toEqual(models)
    expect(mock.calls).toHaveLength(2)
  })
}

test('lists models when IndexedDB throws', async ({ page, site, mock }) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError')
    }
  })
  await openEmptyPage(page, site.url)
  const first = await list(page, mock.url)
  expect(first).toContain('acme/tern-4b')
  expect(await list(page, mock.url)).toEqual(first)
})

test('caches models in memory when IndexedDB does not exist', async ({ page, site, mock }) => {
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, 'indexedDB', { value: undefined })
  })
  await openEmptyPage(page, site.url)
  const isSame = await page.evaluate(async (endpoint) => {
    const lmstudio = window.library.createLMStudio({ endpoint })
    const [first, second] = [await lmstudio.listModels(), await lmstudio.listModels()]
    return JSON.stringify(first) === JSON.stringify(second)
  }, mock.url)
  expect(isSame).toBe(true)
  expect(mock.calls).toHaveLength(1)
})

test('lists models when other code has created the database with another version', async ({ emptyPage, mock }) => {
  await emptyPage.evaluate(async () => {
    const opening = indexedDB.open('lmstudio-provider', 7)
    opening.addEventListener('upgradeneeded', () => opening.result.createObjectStore('something-else'))
    await new Promise((resolve, reject) => {
      opening.addEventListener('success', resolve)
      opening.addEventListener('error', () => reject(opening.error))
    })
    opening.result.close()
  })
  expect(await list(emptyPage, mock.url)).toContain('acme/tern-4b')
})

test('stores neither tokens nor prompts', async ({ emptyPage, mock }) => {
  mock.configure({ auth: true })
  await emptyPage.evaluate(
    async ([endpoint, apiToken]) => {
      const lmstudio = window.library.createLMStudio({ endpoint, apiToken })
      const [model] = await lmstudio.listModels()
      await lmstudio.complete({ model: model?.id ?? '', prompt: 'a very private question' })
    },
    [mock.url, mock.apiToken] as const,
  )
  const kept = JSON.stringify(await inDatabase(emptyPage))
  expect(kept).toContain('acme/tern-4b')
  expect(kept).not.toContain(mock.apiToken)
  expect(kept).not.toContain('private question')
})
