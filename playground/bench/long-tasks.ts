import type { Page } from '@playwright/test'
import { expect } from '../../e2e/playground/setup.js'

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** CPU time in µs. */
  readonly tdur?: number
  readonly args: { readonly name?: string }
}

/** Browsers report a task as long above 50 ms. */
const BUDGET_MS = 50

/** Runs `work`, prints the longest task of the page's main thread and fails if it took more than `budgetMs` of CPU time. */
export async function expectShortTasks(
  page: Page,
  name: string,
  work: () => Promise<void>,
  budgetMs = BUDGET_MS,
): Promise<void> {
  const browser = page.context().browser()!
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', 'devtools.timeline'] })
  await work()
  const longest = longestTask(await browser.stopTracing())
  console.log(`${name}: longest task ${longest.toFixed(1)} ms, budget ${budgetMs} ms`)
  expect.soft(longest, `${name}: CPU time of the longest task, in ms`).toBeLessThan(budgetMs)
}

/** CPU time rather than wall time, so that other programs do not count. */
function longestTask(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] }
  const mainThreads = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
  const tasks = traceEvents.filter(
    ({ name, ph, pid, tid }) =>
      name === 'RunTask' && ph === 'X' && mainThreads.some((thread) => thread.pid === pid && thread.tid === tid),
  )
  expect(tasks.length, 'tasks in the trace').toBeGreaterThan(10)
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur / 1000))
}

/** Polls inside the page: Playwright's search for elements by role would dominate the trace. */
export const untilPresent = (page: Page, selector: string): Promise<unknown> =>
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
