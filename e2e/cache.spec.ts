import type { Page } from '@playwright/test'
import type { LMStudioOptions } from 'lmstudio-provider'
import { expect, openEmptyPage, test } from './setup/test.js'

/** Ids of the models, by a new provider with the default cache. */
const list = (page: Page, endpoint: string, options: LMStudioOptions = {}): Promise<string[]> =>
  page.evaluate(
    async ([endpoint, options]) => {
      const models = await window.library.createLMStudio({ ...options, endpoint }).listModels()
      return models.map(({ id }) => id)
    },
    [endpoint, options] as const,
  )

/** What stands in the default cache, read past the library; with a value, that is put there instead. */
const inDatabase = (page: Page, value?: unknown): Promise<unknown> =>
  page.evaluate(async (value) => {
    const settle = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result))
        request.addEventListener('error', () => reject(request.error))
      })
    const database = await settle(indexedDB.open('lmstudio-provider'))
    const store = database.transaction('cache', 'readwrite').objectStore('cache')
    const [key] = await settle(store.getAllKeys())
    const entry: unknown = await (value === undefined ? settle(store.get(key!)) : settle(store.put(value, key)))
    database.close()
    return entry
  }, value)

test('after a reload the models come from IndexedDB without a request', async ({ emptyPage, mock, site }) => {
  const before = await list(emptyPage, mock.url)
  expect(mock.calls).toHaveLength(1)
  await openEmptyPage(emptyPage, site.url)
  expect(await list(emptyPage, mock.url)).toEqual(before)
  expect(mock.calls).toHaveLength(1)
})

test('an entry that has expired is fetched anew', async ({ emptyPage, mock, site }) => {
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
  ['no object at all', 'gone wrong'],
  ['from the future', { storedAt: Date.now() + 3_600_000, value: { api: 'v1', models: [] } }],
] as const) {
  test(`a kept entry that is ${what} is not believed, and mended`, async ({ emptyPage, mock }) => {
    const models = await list(emptyPage, mock.url)
    await inDatabase(emptyPage, entry)
    expect(await list(emptyPage, mock.url)).toEqual(models)
    expect(mock.calls).toHaveLength(2)
    expect(await inDatabase(emptyPage)).toMatchObject({ value: { api: 'v1' } })
    expect(await list(emptyPage, mock.url)).toEqual(models)
    expect(mock.calls).toHaveLength(2)
  })
}

test('where IndexedDB is refused, everything goes on without a cache', async ({ page, site, mock }) => {
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

test('where IndexedDB does not exist, the models are kept in memory', async ({ page, site, mock }) => {
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

test('a database that a stranger has opened in another form does not keep the models away', async ({
  emptyPage,
  mock,
}) => {
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

test('no token and no prompt is ever kept', async ({ emptyPage, mock }) => {
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
