import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { manyLines } from './large-inputs.js'
import { clickAtBottom, expect, expectAccessible, expectToFit, test } from './setup.js'

const compare = (page: Page): Promise<void> => page.getByRole('button', { name: 'Compare' }).click()
const nearestLines = (page: Page) => page.getByRole('list', { name: /^Nearest to/ }).getByRole('listitem')

/** Returns the color of the canvas at a fraction of its width and height. */
const colorAt = (page: Page, x: number, y: number): Promise<readonly number[]> =>
  page.locator('.heatmap canvas').evaluate(
    (canvas: HTMLCanvasElement, [x, y]) => {
      // Copy the pixel first: Chromium warns about repeated reads of the page's canvas.
      const pixel = new OffscreenCanvas(1, 1).getContext('2d')!
      pixel.drawImage(canvas, canvas.width * x!, canvas.height * y!, 1, 1, 0, 0, 1, 1)
      return [...pixel.getImageData(0, 0, 1, 1).data]
    },
    [x, y],
  )

test('shows the similarity of lines as a map, a table and a list of nearest lines', async ({ playground, page }) => {
  await playground.connected('embeddings')
  await compare(page)
  await expect(page.getByRole('img', { name: /^Similarity of 12 lines/ })).toBeVisible()
  await expect(page.getByText('12 lines · 256 dimensions')).toBeVisible()

  await page.getByText('Show as table').click()
  const table = page.getByRole('table', { name: /^Similarity of each pair/ })
  await expect(table.getByRole('row')).toHaveCount(13)
  await expect(table.getByRole('row').nth(3).getByRole('cell').nth(2)).toHaveText('1.00')

  await page
    .getByLabel('Line', { exact: true })
    .selectOption({ label: '3 · The train to Oslo leaves from platform four.' })
  await expect(nearestLines(page).first()).toContainText(/train/)
  await page.getByLabel('Or any text').fill('interest rates of the bank')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('list', { name: 'Nearest to “interest rates of the bank”' })).toBeVisible()
  await expect(nearestLines(page).first()).toContainText('The bank raised its interest rates.')

  const field = page.locator('.heatmap canvas')
  const box = (await field.boundingBox())!
  await field.hover({ position: { x: box.width - 15, y: box.height - 25 } })
  const readout = page.locator('.readout')
  await expect(readout).toContainText('1.000')
  await expect(readout).toContainText('12 · Savers like it')
  // At the cell, beside the pointer.
  const readoutBox = (await readout.boundingBox())!
  expect(box.x + box.width - 15 - (readoutBox.x + readoutBox.width)).toBeLessThan(30)
  expect(box.y + box.height - 25 - (readoutBox.y + readoutBox.height)).toBeLessThan(30)
  await field.click({ position: { x: box.width - 15, y: box.height - 25 } })
  await expect(page.getByLabel('Line', { exact: true })).toHaveValue('12')
})

test('shows the result of Compare on a phone', async ({ playground, page }) => {
  await page.setViewportSize({ width: 390, height: 740 })
  await playground.connected('embeddings')
  await clickAtBottom(page.getByRole('button', { name: 'Compare' }))
  await expect(page.getByRole('heading', { name: 'Similarity' })).toBeInViewport()
  await expect(page.getByText('12 lines · 256 dimensions')).toBeInViewport()
})

test('shows the lines on a map in two dimensions', async ({ playground, page }) => {
  await playground.connected('embeddings')
  await compare(page)
  await page.getByRole('button', { name: '2-D map' }).click()
  const map = page.getByRole('img', { name: 'Map of 12 lines.' })
  await expect(map.locator('circle')).toHaveCount(12)
  await map.locator('g').nth(2).hover()
  await expect(page.locator('.map-line')).toHaveText('3 · The train to Oslo leaves from platform four.')
  await map.locator('g').nth(2).click()
  await expect(page.getByLabel('Line', { exact: true })).toHaveValue('3')
  await expectAccessible(playground)
  await expectToFit(playground, 'embeddings-map')
})

test('exports the vectors as CSV and JSON', async ({ playground, page }) => {
  await playground.connected('embeddings')
  await page.getByLabel('One text per line').fill('gulls, terns\n=1+1')
  await compare(page)
  const save = async (name: string): Promise<string> => {
    const downloading = page.waitForEvent('download')
    await page.getByRole('group', { name: 'Export the vectors' }).getByRole('button', { name }).click()
    return readFile(await (await downloading).path(), 'utf8')
  }
  const [head, first, second] = (await save('CSV')).split('\r\n')
  expect(head).toMatch(/^line,text,d1,.*,d256$/)
  expect(first).toMatch(/^1,"gulls, terns",/)
  expect(second).toMatch(/^2,'=1\+1,/)
  const data = JSON.parse(await save('JSON'))
  expect(
    data.lines.map((one: { line: number; text: string; vector: number[] }) => [one.line, one.text, one.vector.length]),
  ).toEqual([
    [1, 'gulls, terns', 256],
    [2, '=1+1', 256],
  ])
  expect(data.similarities[0][0]).toBeCloseTo(1, 3)
})

test('embeds only new lines', async ({ playground, page, mock }) => {
  await playground.connected('embeddings')
  await compare(page)
  await expect(page.getByText('12 lines · 256 dimensions')).toBeVisible()
  const lines = await page.getByLabel('One text per line').inputValue()
  await page.getByLabel('One text per line').fill(`${lines}\n\nOne more.\n`)
  await compare(page)
  await expect(page.getByText('13 lines · 256 dimensions')).toBeVisible()
  const calls = mock.calls.filter(({ method, path }) => method === 'POST' && path === '/v1/embeddings')
  expect(calls.map(({ body }) => (body as { input: unknown[] }).input.length)).toEqual([12, 1])
})

test('redraws the map when the theme changes', async ({ playground, page }) => {
  await playground.connected('embeddings')
  await playground.setTheme('light')
  await compare(page)
  // In the last cell, the last line is compared with itself.
  const corner = [0.97, 0.96] as const
  await expect.poll(() => colorAt(page, ...corner)).toEqual([7, 70, 63, 255])
  await playground.setTheme('dark')
  await expect.poll(() => colorAt(page, ...corner)).toEqual([157, 240, 223, 255])
})

test.describe('errors', () => {
  test.use({ expectedComplaints: [/^Failed to load resource/] })

  test('shows the embedded lines when a batch fails and retries only the others', async ({
    playground,
    page,
    mock,
  }) => {
    await playground.connected('embeddings')
    const lines = Array.from({ length: 40 }, (_, index) => `ship ${index} in harbor ${index % 5}`)
    await page.getByLabel('One text per line').fill(lines.join('\n'))
    mock.inject({ name: 'delay-headers' }, { path: '/v1/embeddings' })
    await compare(page)
    await expect(page.getByRole('progressbar', { name: 'Embedding' })).toBeVisible()
    await expect(page.getByText('0 of 40 lines')).toBeVisible()
    mock.inject('status-400', { path: '/v1/embeddings' })
    await mock.whenHeld()
    mock.release()
    await expect(page.getByRole('alert')).toContainText('24 of 40 lines could not be embedded. The others are shown.')
    await expect(page.getByText('16 lines · 256 dimensions')).toBeVisible()
    await expectAccessible(playground)
    await expectToFit(playground, 'embeddings-failed')
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(page.getByText('40 lines · 256 dimensions')).toBeVisible()
    await expect(page.getByRole('alert')).toHaveCount(0)
    const calls = mock.calls.filter(({ method, path }) => method === 'POST' && path === '/v1/embeddings')
    expect(calls.map(({ body }) => (body as { input: unknown[] }).input.length)).toEqual([16, 16, 16, 8])
  })

  test('explains a failure without any result', async ({ playground, page, mock }) => {
    await playground.connected('embeddings')
    mock.inject('status-400', { path: '/v1/embeddings' })
    await compare(page)
    await expect(page.getByRole('alert')).toContainText('The lines could not be embedded.')
  })
})

test('can be stopped and run again', async ({ playground, page, mock }) => {
  await playground.connected('embeddings')
  mock.inject('delay-headers', { path: '/v1/embeddings' })
  await compare(page)
  await mock.whenHeld()
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(page.getByRole('button', { name: 'Compare' })).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)
  await compare(page)
  await expect(page.getByText('12 lines · 256 dimensions')).toBeVisible()
})

test('draws the map of two hundred lines once, and not again while the pointer moves over it', async ({
  playground,
  page,
}) => {
  await page.addInitScript(() => {
    const drawn = { cells: 0 }
    Object.assign(window, { drawn })
    const { fillRect } = CanvasRenderingContext2D.prototype
    CanvasRenderingContext2D.prototype.fillRect = function (...area) {
      drawn.cells++
      fillRect.apply(this, area)
    }
  })
  const cells = (): Promise<number> =>
    page.evaluate(() => (window as unknown as { readonly drawn: { readonly cells: number } }).drawn.cells)
  await playground.connected('embeddings')
  await page.getByLabel('One text per line').fill(manyLines(230))
  await expect(page.getByText('Only the first 200 lines are compared. 30 more are ignored.')).toBeVisible()
  await compare(page)
  await expect(page.getByText('200 lines · 256 dimensions')).toBeVisible()
  await expect.poll(async () => (await colorAt(page, 0.9, 0.9))[3]).toBeGreaterThan(200)
  expect(await cells()).toBe(200 * 200)
  const box = (await page.locator('.heatmap canvas').boundingBox())!
  for (let step = 1; step < 20; step++)
    await page.mouse.move(box.x + (box.width * step) / 20, Math.min(box.y + (box.height * step) / 20, 700))
  await expect(page.locator('.readout strong')).toBeVisible()
  expect(await cells()).toBe(200 * 200)
  await expectAccessible(playground)
  await expectToFit(playground, 'embeddings-many')
})

test('explains that the server has no embedding model', async ({ playground, page, mock }) => {
  mock.configure({ models: [{ id: 'acme/tern-4b', sizeBytes: 2e9 }] })
  await playground.connected('embeddings')
  await expect(page.getByText('No embedding model', { exact: true })).toBeVisible()
  await expectAccessible(playground)
})

test('is accessible and fits at every width', async ({ playground, page }) => {
  await playground.mocked('embeddings')
  await compare(page)
  await expect(page.getByText('12 lines · 256 dimensions')).toBeVisible()
  await page.getByText('Show as table').click()
  await expectAccessible(playground)
  await expectToFit(playground, 'embeddings')
})
