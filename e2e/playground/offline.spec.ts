import { expect, test } from './setup.js'

test('works in any folder of a site', async ({ page, site, mock }) => {
  await page.goto(`${site.url}/some/folder/?endpoint=${encodeURIComponent(mock.url)}#/models`)
  await expect(page.getByRole('table', { name: 'Models' }).getByRole('row')).toHaveCount(6)
  await page.getByRole('button', { name: 'Tern 4B', exact: true }).click()
  await expect(page.getByRole('dialog').locator('.hljs-attr').first()).toBeVisible()
  const { scope } = await page.evaluate(async () => {
    const { scope } = await navigator.serviceWorker.ready
    return { scope }
  })
  expect(scope).toBe(`${site.url}/some/folder/`)
})

test('opens offline after the first visit without caching server responses', async ({
  playground,
  page,
  context,
  mock,
}) => {
  await playground.connected('models')
  await page.evaluate(() => navigator.serviceWorker.ready)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  const cached = await page.evaluate(async () => {
    const names = await caches.keys()
    const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
    return all.flat().map(({ url }) => url)
  })
  expect(cached.length).toBeGreaterThan(10)
  expect(cached.filter((url) => !url.startsWith(new URL(page.url()).origin))).toEqual([])
  expect(cached.filter((url) => url.includes('/v1/') || url.startsWith(mock.url))).toEqual([])

  // The mock needs no network.
  await playground.open('connect')
  await page.getByRole('button', { name: 'Use the mock' }).click()
  await expect(page.getByText('Everything is ready')).toBeVisible()
  await context.setOffline(true)
  await page.reload()
  await playground.open('models')
  await expect(page.getByRole('banner').getByRole('status')).toHaveText('Connected')
  await expect(page.getByRole('table', { name: 'Models' }).getByRole('row')).toHaveCount(6)
})
