import type { Page } from '@playwright/test'
import { DOCUMENT } from './markdown-texts.js'
import { expect, test } from './setup.js'

// Long answers: what they cost the page is read from a trace of the browser, not from a stopwatch of ours.

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  readonly ts: number
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

interface ShiftWindow {
  readonly shifts: { readonly value: number; readonly of: readonly string[] }[]
}

/** A task longer than this is what the browser itself calls long. */
const LONG_MS = 50

const prose = `${'Terns fly far, *very* far, and `sterna` is what they are called in [books](https://example.com). '.repeat(6)}\n\n`
/** About so many tokens of everything. */
const mixed = (tokens: number): string => {
  const part = `${DOCUMENT.replace(/\n\[1\][^\n]*\n/, '\n')}\n\n${prose}`
  return part.repeat(Math.ceil(tokens / (part.length / 4)))
}
const list = (tokens: number): string =>
  Array.from({ length: tokens / 10 }, (_, index) => `- tern number ${index} with **bold** and \`code\`\n`).join('')
const code = (tokens: number): string =>
  `\`\`\`js\n${Array.from({ length: tokens / 10 }, (_, index) => `const tern${index} = fly(${index}, 'south')\n`).join('')}\`\`\`\n`
const table = (tokens: number): string =>
  `| bird | weight |\n| --- | --- |\n${Array.from({ length: tokens / 10 }, (_, index) => `| tern ${index} | **${index} g** |\n`).join('')}`
const paragraph = (tokens: number): string => 'Terns fly *far* and **wide**. '.repeat(tokens / 8)

/** The longest tasks of the page's main thread, in milliseconds of work: what other programs take does not count. */
function longTasks(trace: Buffer): number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] }
  const mains = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
  const tasks = traceEvents.filter(
    ({ name, ph, pid, tid }) =>
      name === 'RunTask' && ph === 'X' && mains.some((main) => main.pid === pid && main.tid === tid),
  )
  expect(tasks.length, 'tasks in the trace').toBeGreaterThan(100)
  return tasks.map(({ tdur = 0 }) => tdur / 1000).sort((a, b) => b - a)
}

async function trace(page: Page, work: () => Promise<void>): Promise<number[]> {
  const browser = page.context().browser()!
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', 'devtools.timeline'] })
  await work()
  return longTasks(await browser.stopTracing())
}

/** Waits in the page itself: what Playwright does to find an element by its role would be in the trace, and be most of it. */
const until = (page: Page, selector: string): Promise<unknown> =>
  page.evaluate(
    (selector) =>
      new Promise((resolve) => {
        const timer = setInterval(() => {
          if (document.querySelector(selector) === null) return
          clearInterval(timer)
          resolve(undefined)
        }, 100)
      }),
    selector,
  )

async function ask(page: Page): Promise<void> {
  await page.locator('.composer-text').fill('Go on')
  // Not before the models are there.
  await until(page, 'button[type="submit"]:enabled')
  await page.keyboard.press('Enter')
  await until(page, '.answer .figures')
}

test.describe('a stream at 200 tokens per second', () => {
  test.use({ mockOptions: { tokensPerSecond: 200, reply: () => mixed(1600) } })

  test('never keeps the main thread for long, and moves nothing that is read', async ({ playground }) => {
    test.setTimeout(60_000)
    const { page } = playground
    await page.addInitScript(() => {
      const shifts: ShiftWindow['shifts'] = []
      Object.assign(window, { shifts })
      new PerformanceObserver((entries) => {
        for (const entry of entries.getEntries() as (PerformanceEntry & {
          readonly value: number
          readonly hadRecentInput: boolean
          readonly sources: readonly {
            readonly node?: Node
            readonly previousRect: DOMRectReadOnly
            readonly currentRect: DOMRectReadOnly
          }[]
        })[]) {
          if (entry.hadRecentInput) continue
          const of = entry.sources.map(
            ({ node, previousRect: from, currentRect: to }) =>
              `${from.x},${from.y} → ${to.x},${to.y} ` +
              (node instanceof Element
                ? `${node.tagName} ${node.textContent.slice(0, 40)}`
                : `text ${node?.nodeValue?.slice(0, 40)}`),
          )
          shifts.push({ value: entry.value, of })
        }
      }).observe({ type: 'layout-shift' })
    })
    await playground.connected('chat')
    await page.evaluate(() => ((window as unknown as ShiftWindow).shifts.length = 0))
    const tasks = await trace(page, async () => {
      await ask(page)
    })
    expect(tasks[0], 'the longest task').toBeLessThan(LONG_MS)
    expect(await page.evaluate(() => (window as unknown as ShiftWindow).shifts)).toEqual([])
  })
})

test.describe('an answer of 10,000 tokens', () => {
  for (const [name, text] of [
    ['of everything', mixed(10_000)],
    ['that is one list', list(10_000)],
    ['that is one code block', code(10_000)],
    ['that is one table', table(10_000)],
    ['that is one paragraph', paragraph(10_000)],
  ] as const) {
    test.describe(name, () => {
      // Four tokens at a time: the clock of the mock goes no faster.
      test.use({ mockOptions: { tokensPerSecond: 20_000, reply: () => ({ deltas: text.match(/[^]{1,16}/g)! }) } })

      test('stays smooth, and is all there at the end', async ({ playground }) => {
        test.setTimeout(60_000)
        const { page } = playground
        await playground.connected('chat')
        const tasks = await trace(page, async () => {
          await ask(page)
          await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)))
        })
        expect(tasks[0], 'the longest task').toBeLessThan(LONG_MS)
        const letters = (text: string): number => text.replace(/[^a-z]/gi, '').length
        const shown = await page.locator('.answer .md').evaluate(({ textContent }) => textContent)
        expect(letters(shown) / letters(text)).toBeGreaterThan(0.7)
        // The same is made of it when it comes from the store.
        await page.reload()
        const again = (): Promise<string> => page.locator('.answer .md').evaluate(({ textContent }) => textContent)
        await expect.poll(again, { timeout: 15_000 }).toBe(shown)
      })
    })
  }
})
