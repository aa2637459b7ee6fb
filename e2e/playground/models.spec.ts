import type { Page } from '@playwright/test'
import { manyModels } from './large-inputs.js'
import { expect, expectAccessible, expectToFit, test } from './setup.js'

const rows = (page: Page) => page.getByRole('table', { name: 'Models' }).getByRole('row')

test('lists models and can search, filter and sort them', async ({ playground, page }) => {
  await playground.connected('models')
  await expect(rows(page)).toHaveCount(6)
  await expect(rows(page).nth(1)).toContainText('Tern 4B')
  await expect(rows(page).nth(1)).toContainText('loaded')
  await expect(rows(page).nth(1)).toContainText('8,192 of 65,536')

  await page.getByLabel('Search').fill('plover q8')
  await expect(rows(page)).toHaveCount(2)
  await expect(rows(page).nth(1)).toContainText('Plover Embed v2')
  await page.getByLabel('Search').fill('no such thing')
  await expect(page.getByText('No matching models')).toBeVisible()
  await page.getByRole('button', { name: 'Show all' }).click()
  await page.getByLabel('Capabilities').selectOption('Vision')
  await expect(rows(page)).toHaveCount(3)
  await page.getByLabel('Capabilities').selectOption('Any')

  await page.getByRole('button', { name: 'Size' }).click()
  await expect(page.getByRole('columnheader', { name: 'Size' })).toHaveAttribute('aria-sort', 'ascending')
  await expect(rows(page).nth(1)).toContainText('Plover Embed v2')
  await page.getByRole('button', { name: 'Size' }).click()
  await expect(rows(page).nth(1)).toContainText('Tern 4B')
})

test('loads a model with options, shows the progress and unloads it', async ({ playground, page, mock }) => {
  mock.configure({ loadDelayMs: 800 })
  await playground.connected('models')
  await page.getByRole('button', { name: 'Load Heron Base' }).click()
  const dialog = page.getByRole('dialog', { name: 'Load Heron Base' })
  await expect(dialog.getByLabel('Context length value')).toBeFocused()
  await dialog.getByLabel('Context length value').fill('2048')
  await dialog.getByLabel('Flash attention').selectOption('On')
  await expectAccessible(playground)
  await expectToFit(playground, 'models-load')
  await dialog.getByRole('button', { name: 'Load', exact: true }).click()
  await expect(page.getByRole('progressbar', { name: 'Loading Heron Base' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Unload Heron Base' })).toBeVisible()
  const load = await mock.whenCalled('/api/v1/models/load')
  expect(mock.calls.find(({ method, path }) => method === 'POST' && path === load.path)?.body).toMatchObject({
    model: 'acme/heron-base',
    context_length: 2048,
    flash_attention: true,
  })
  await page.getByRole('button', { name: 'Unload Heron Base' }).click()
  await expect(page.getByRole('button', { name: 'Load Heron Base' })).toBeVisible()
  expect(mock.loadedInstances.map(({ model }) => model)).toEqual(['acme/tern-4b'])
})

test.describe('errors', () => {
  test.use({ expectedComplaints: [/^Failed to load resource/] })

  test('shows why a load failed in the row of the model', async ({ playground, page, mock }) => {
    await playground.connected('models')
    mock.inject('load-failed', { path: '/api/v1/models/load', times: 9 })
    await page.getByRole('button', { name: 'Load Heron Base' }).click()
    await page.getByRole('dialog').getByLabel('Context length value').press('Enter')
    const row = rows(page).filter({ hasText: 'Heron Base' })
    await expect(row.getByRole('alert')).toContainText('Could not load Heron Base.')
    await expect(row.getByRole('alert')).toContainText('ModelLoadError')
    await expectAccessible(playground)
    await expectToFit(playground, 'models-failed')
    await row.getByRole('button', { name: 'Dismiss' }).click()
    await expect(row.getByRole('alert')).toHaveCount(0)
  })

  test('shows why the list cannot be read', async ({ playground, page, mock }) => {
    await playground.connected('models')
    mock.inject('status-500', { times: 99, path: /models/ })
    await page.getByRole('button', { name: 'Refresh' }).click()
    await expect(page.getByRole('alert')).toContainText('The models could not be listed')
  })
})

test('downloads a model with a progress bar and lists it', async ({ playground, page }) => {
  await playground.connected('models')
  await page.getByRole('button', { name: 'Download a model' }).click()
  const dialog = page.getByRole('dialog', { name: 'Download a model' })
  await expect(dialog.getByLabel('Model')).toBeFocused()
  await dialog.getByLabel('Model').fill('acme/avocet-2b')
  await expectAccessible(playground)
  await dialog.getByRole('button', { name: 'Download', exact: true }).click()
  const downloads = page.getByRole('region', { name: 'Downloads' })
  await expect(downloads.getByRole('progressbar', { name: 'acme/avocet-2b' })).toBeVisible()
  await expect(downloads).toContainText(/ of 1\.3 GB · 41\.2 MB\/s · .* left/)
  await expect(downloads).toContainText('downloaded')
  await expect(rows(page).filter({ hasText: 'acme/avocet-2b' })).toHaveCount(1)
})

test('shows a paused download and can stop watching it', async ({ playground, page, mock }) => {
  await playground.connected('models')
  mock.inject('download-paused')
  await page.getByRole('button', { name: 'Download a model' }).click()
  await page.getByRole('dialog').getByLabel('Model').fill('acme/avocet-2b')
  await page.getByRole('dialog').getByRole('button', { name: 'Download', exact: true }).click()
  const downloads = page.getByRole('region', { name: 'Downloads' })
  await expect(downloads).toContainText('paused: resume it in LM Studio')
  await expectAccessible(playground)
  await expectToFit(playground, 'models-download')
  await downloads.getByRole('button', { name: 'Stop watching' }).click()
  await expect(downloads).toContainText('continues in LM Studio')
  await downloads.getByRole('button', { name: 'Dismiss' }).click()
  await expect(downloads).toHaveCount(0)
})

test('shows that a download failed', async ({ playground, page, mock }) => {
  await playground.connected('models')
  mock.inject('download-failed')
  await page.getByRole('button', { name: 'Download a model' }).click()
  await page.getByRole('dialog').getByLabel('Model').fill('acme/avocet-2b')
  await page.getByRole('dialog').getByRole('button', { name: 'Download', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('Could not download acme/avocet-2b.')
})

test('shows the details of a model and the raw response', async ({ playground, page }) => {
  await playground.connected('models')
  await page.getByRole('button', { name: 'Tern 4B', exact: true }).click()
  const drawer = page.getByRole('dialog', { name: 'Tern 4B' })
  await expect(drawer.getByRole('region', { name: 'Raw JSON' })).toContainText('"max_context_length": 65536')
  await expect(drawer.getByRole('region', { name: 'Raw JSON' }).locator('.hljs-attr').first()).toBeVisible()
  await expectAccessible(playground)
  await expectToFit(playground, 'models-details')
  await page.keyboard.press('Escape')
  await expect(drawer).toBeHidden()
  await expect(page.getByRole('button', { name: 'Tern 4B', exact: true })).toBeFocused()
})

test('shows the age of the list', async ({ playground, page, mock }) => {
  await page.clock.install()
  await playground.connected('models')
  await expect(page.getByText('Updated just now')).toBeVisible()
  // Repeated, because the page may set its timer only after the clock has run.
  await expect(async () => {
    await page.clock.runFor(70_000)
    // On a slow machine the clock runs on, and a check of the server may read the list from the cache.
    await expect(page.getByText(/updated [1-9]\d* (min|h) ago/i)).toBeVisible({ timeout: 1_000 })
  }).toPass()
  const before = mock.calls.length
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(page.getByText('Updated just now')).toBeVisible()
  expect(mock.calls.length).toBeGreaterThan(before)
})

test('renders five hundred models in steps, as the list is scrolled', async ({ playground, page, mock }) => {
  mock.configure({ models: manyModels(500) })
  await playground.connected('models')
  await expect(page.getByText('500 models')).toBeVisible()
  // The header and the first 40 models.
  await expect(rows(page)).toHaveCount(41)
  await page.getByRole('button', { name: 'Size' }).click()
  await expect(rows(page).nth(1)).toContainText('model-0')
  await expect(rows(page)).toHaveCount(41)
  await page.mouse.move(700, 600)
  for (let step = 0; step < 12; step++) await page.mouse.wheel(0, 1500)
  await expect.poll(() => rows(page).count()).toBeGreaterThan(150)
  await page.getByLabel('Search').fill('model-499')
  await expect(rows(page)).toHaveCount(2)
})

test('is accessible and fits at every width', async ({ playground, page }) => {
  await playground.mocked('models')
  await expect(rows(page)).toHaveCount(6)
  await expect(page.getByRole('banner')).toContainText('Mock')
  await expectAccessible(playground)
  await expectToFit(playground, 'models')
})

test.describe('model names', () => {
  const tag = '<img src=x onerror="document.title=1">'
  const models = [
    { id: tag, displayName: tag, quantization: tag, parameters: tag, loaded: true },
    { id: 'x'.repeat(400), displayName: 'W'.repeat(300) },
    { id: 'org/טרן', displayName: 'طائر الخرشنة 🐦' },
  ]
  test.use({ mockOptions: { models } })

  test('are shown as text and fit however long they are', async ({ playground, page }) => {
    await playground.connected('models')
    await expect(rows(page)).toHaveCount(4)
    await expect(page.locator('main img')).toHaveCount(0)
    await expectAccessible(playground)
    await expectToFit(playground, 'models-names')
    await page.getByRole('button', { name: 'W'.repeat(300), exact: true }).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectToFit(playground, 'models-names-details')
  })
})
