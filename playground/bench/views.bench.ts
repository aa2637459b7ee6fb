import { manyBirds, manyEvents, manyLines, manyModels } from '../../e2e/playground/large-inputs.js'
import { expect, test } from '../../e2e/playground/setup.js'
import { expectShortTasks } from './long-tasks.js'

test('filters, sorts and scrolls 500 models', async ({ playground, page, mock }) => {
  mock.configure({ models: manyModels(500) })
  await playground.connected('models')
  await expect(page.getByText('500 models')).toBeVisible()
  const rows = page.getByRole('table', { name: 'Models' }).getByRole('row')
  await expectShortTasks(page, '500 models', async () => {
    for (const text of ['m', 'mo', 'model-4', 'model-49', '']) await page.getByLabel('Search').fill(text)
    await page.getByRole('button', { name: 'Size' }).click()
    await page.mouse.move(700, 600)
    for (let step = 0; step < 12; step++) await page.mouse.wheel(0, 1500)
    await expect.poll(() => rows.count()).toBeGreaterThan(150)
    await page.getByLabel('Search').fill('model-499')
    await expect(rows).toHaveCount(2)
  })
})

test('draws a map of 200 lines', async ({ playground, page }) => {
  await playground.connected('embeddings')
  await page.getByLabel('One text per line').fill(manyLines(200))
  const canvas = page.locator('.heatmap canvas')
  const draw = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Compare' }).click()
    await expect(canvas).toBeVisible()
    await canvas.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)))
  }
  // Chart.js lays out and draws 40,000 cells in one task, about 110 ms when this was written.
  await expectShortTasks(page, 'drawing a map of 200 lines', draw, 250)
  const box = (await canvas.boundingBox())!
  await expectShortTasks(page, 'pointing at a map of 200 lines', async () => {
    for (let step = 1; step < 20; step++)
      await page.mouse.move(box.x + (box.width * step) / 20, Math.min(box.y + (box.height * step) / 20, 700))
  })
})

test('scrolls and filters 20,000 events', async ({ playground, page }) => {
  await playground.mocked('faults')
  await page.getByLabel('Fault', { exact: true }).selectOption('raw')
  await page.getByLabel('Call').selectOption('stream')
  await page.getByLabel('Body', { exact: true }).fill(manyEvents(20_000))
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('region', { name: 'Requests made' }).getByRole('link').click()
  await expect(page.getByText('20,002 events', { exact: true })).toBeVisible()
  const events = page.getByRole('listbox', { name: 'Stream events' })
  await expectShortTasks(page, '20,000 events', async () => {
    await events.hover()
    for (let step = 0; step < 10; step++) await page.mouse.wheel(0, 40_000)
    await events.focus()
    await page.keyboard.press('End')
    await expect(events.getByRole('option', { selected: true })).toContainText('[DONE]')
    await page.getByLabel('Filter events').fill('finish')
    await expect(page.getByText('1 of 20,002 events')).toBeVisible()
  })
})

test('shows an object of 400 items as it grows', async ({ playground, page, mock }) => {
  mock.configure({ reply: () => manyBirds(400), tokensPerSecond: 4000 })
  await playground.connected('structured')
  await page.getByLabel('Max tokens').fill('')
  const generate = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Generate' }).click()
    await expect(page.getByText('Matches the schema')).toBeVisible()
  }
  // Some tasks render many items at once, about 65 ms when this was written.
  await expectShortTasks(page, 'an object of 400 items', generate, 150)
})
