import type { Page } from '@playwright/test'
import type { LoadedModel } from 'lmstudio-provider'
import type { MockLMStudio } from '../src/testing/index.js'
import { expect, openEmptyPage, test } from './setup/test.js'

const LOAD = '/api/v1/models/load'
const HERON = 'acme/heron-base'

/** Loads a model with a new provider. */
const load = (page: Page, endpoint: string, generationTimeout = 60_000): Promise<LoadedModel> =>
  page.evaluate(
    ([endpoint, model, generationTimeout]) =>
      window.library.createLMStudio({ endpoint, generationTimeout }).loadModel(model),
    [endpoint, HERON, generationTimeout] as const,
  )

const loads = (mock: MockLMStudio): number =>
  mock.calls.filter(({ method, path }) => method === 'POST' && path === LOAD).length

test('two tabs that need the same model load it once', async ({ context, emptyPage, mock, site }) => {
  const other = await context.newPage()
  await openEmptyPage(other, site.url)
  mock.inject('delay-headers', { path: LOAD })
  const first = load(emptyPage, mock.url)
  await mock.whenHeld()
  const second = load(other, mock.url)
  // The second tab waits for the lock of the first.
  await expect
    .poll(() => other.evaluate(async () => (await navigator.locks.query()).pending?.map(({ name }) => name)))
    .toEqual([`lmstudio-provider:load:${mock.url}:${HERON}`])
  mock.release()
  expect(await first).toMatchObject({ instanceId: HERON, wasLoaded: false })
  expect(await second).toMatchObject({ instanceId: HERON, wasLoaded: true })
  expect(loads(mock)).toBe(1)
  await expect.poll(() => other.evaluate(async () => (await navigator.locks.query()).held)).toEqual([])
})

test('a tab that is closed while it loads does not hold up another', async ({ context, emptyPage, mock, site }) => {
  const other = await context.newPage()
  await openEmptyPage(other, site.url)
  mock.inject('delay-headers', { path: LOAD })
  load(other, mock.url).catch(() => {})
  await mock.whenHeld()
  const second = load(emptyPage, mock.url)
  await other.close()
  expect(await second).toMatchObject({ instanceId: HERON })
})

test('a frozen tab that holds the lock does not hold up another', async ({ context, emptyPage, mock, site }) => {
  const other = await context.newPage()
  await openEmptyPage(other, site.url)
  mock.inject('delay-headers', { path: LOAD })
  const first = load(other, mock.url)
  await mock.whenHeld()
  const devtools = await context.newCDPSession(other)
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
  mock.release()
  // The server has loaded the model, which the frozen tab does not learn.
  await expect.poll(() => mock.loadedInstances.some(({ id }) => id === HERON)).toBe(true)
  expect(await load(emptyPage, mock.url)).toMatchObject({ instanceId: HERON, wasLoaded: true })
  expect(loads(mock)).toBe(1)
  await devtools.send('Page.setWebLifecycleState', { state: 'active' })
  expect(await first).toMatchObject({ instanceId: HERON, wasLoaded: false })
})

test('a tab loads the model itself when another tab keeps the lock and loads nothing', async ({
  context,
  emptyPage,
  mock,
  site,
}) => {
  const other = await context.newPage()
  await openEmptyPage(other, site.url)
  const name = `lmstudio-provider:load:${mock.url}:${HERON}`
  await other.evaluate(
    (lock) => new Promise<void>((held) => void navigator.locks.request(lock, () => new Promise(() => held()))),
    name,
  )
  expect(await load(emptyPage, mock.url, 1_000)).toMatchObject({ instanceId: HERON, wasLoaded: false })
})
