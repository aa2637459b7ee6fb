import { gzipSync } from 'node:zlib'
import type { Page } from '@playwright/test'
import { expect, test } from '../../e2e/playground/setup.js'

/** The budget of the first view, in bytes. */
const MAX_FIRST_LOAD = 150_000
const ANSWERS = 50
const RUNS = 7

const message = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true })
const answers = (page: Page) => page.locator('.message-assistant')

/** Sends a message and waits until the answer is complete. */
async function send(page: Page, text: string): Promise<void> {
  const before = await answers(page).count()
  await message(page).fill(text)
  await message(page).press('Enter')
  await expect(answers(page).locator('.figures')).toHaveCount(before + 1, { timeout: 120_000 })
}

for (const view of ['connect', 'chat'] as const) {
  test(`first load of ${view}`, async ({ playground, page, site }) => {
    const sizes = new Map<string, number>()
    page.on('response', async (response) => {
      const { origin, pathname } = new URL(response.url())
      if (origin !== new URL(site.url).origin) return
      sizes.set(pathname, gzipSync(await response.body()).length)
    })
    await playground.connected(view)
    await page.waitForLoadState('networkidle')
    // The service worker fetches all files for offline use, but only after the first view has loaded.
    const loaded = await page.evaluate(() =>
      [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].map(
        ({ name }) => new URL(name).pathname,
      ),
    )
    const files = [...sizes].filter(([path]) => loaded.includes(path))
    const total = files.reduce((sum, [, size]) => sum + size, 0)
    const largest = files.toSorted((a, b) => b[1] - a[1]).slice(0, 3)
    console.log(
      `first load of ${view}: ${kilobytes(total)} in ${files.length} files, budget ${kilobytes(MAX_FIRST_LOAD)}; ` +
        `largest: ${largest.map(([path, size]) => `${path} ${kilobytes(size)}`).join(', ')}`,
    )
    expect.soft(total, 'first load in bytes, gzip').toBeLessThan(MAX_FIRST_LOAD)
  })
}

test('Enter to the first visible token', async ({ playground, page, mock }) => {
  mock.configure({ tokensPerSecond: 100 })
  await playground.connected('chat')
  await page.evaluate(() => {
    const times: number[] = []
    Object.assign(window, { times })
    document.addEventListener(
      'keydown',
      ({ key }) => {
        if (key !== 'Enter') return
        const start = performance.now()
        const count = document.querySelectorAll('.message-assistant').length
        const look = (): void => {
          const text = document.querySelectorAll('.message-assistant')[count]?.querySelector('.md')?.textContent ?? ''
          if (text === '') requestAnimationFrame(look)
          else times.push(performance.now() - start)
        }
        look()
      },
      true,
    )
  })
  for (let run = 0; run < RUNS; run++) await send(page, 'echo: one two three')
  const times = await page.evaluate(() => (window as unknown as { readonly times: readonly number[] }).times)
  expect(times).toHaveLength(RUNS)
  const sorted = times.toSorted((a, b) => a - b)
  console.log(
    `Enter to the first visible token: median ${sorted[(RUNS - 1) / 2]!.toFixed(0)} ms, ` +
      `from ${sorted[0]!.toFixed(0)} to ${sorted.at(-1)!.toFixed(0)} ms`,
  )
})

test('layout shift while streaming', async ({ playground, page, mock }) => {
  mock.configure({ tokensPerSecond: 200 })
  await playground.connected('chat')
  await send(page, 'lorem 20')
  await page.evaluate(() => {
    const shifts = { sum: 0 }
    Object.assign(window, { shifts })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
        if (!entry.hadRecentInput) shifts.sum += entry.value
    }).observe({ type: 'layout-shift' })
  })
  await send(page, 'lorem 600')
  const { sum } = await page.evaluate(() => (window as unknown as { readonly shifts: { readonly sum: number } }).shifts)
  console.log(`layout shift while streaming 600 words: ${sum.toFixed(4)}`)
  expect.soft(sum, 'cumulative layout shift').toBeLessThan(0.1)
})

test(`memory after ${ANSWERS} answers`, async ({ playground, page, mock }) => {
  test.setTimeout(600_000)
  mock.configure({ tokensPerSecond: 20_000 })
  await playground.connected('chat')
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const measure = async () => {
    await session.send('HeapProfiler.collectGarbage')
    const { metrics } = await session.send('Performance.getMetrics')
    const value = (name: string): number => metrics.find((one) => one.name === name)!.value
    return { heap: value('JSHeapUsedSize'), nodes: value('Nodes') }
  }
  await send(page, 'lorem 300')
  const before = await measure()
  for (let answer = 1; answer < ANSWERS; answer++) await send(page, 'lorem 300')
  const after = await measure()
  console.log(
    `memory after ${ANSWERS} answers of 300 words: ${megabytes(after.heap)} and ${after.nodes} nodes; ` +
      `after the first: ${megabytes(before.heap)} and ${before.nodes} nodes`,
  )
})

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
