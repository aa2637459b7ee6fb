import type { Page } from '@playwright/test'
import { ANSWERS } from './markdown-texts.js'
import { expect, test } from './setup.js'

// Long answers: correctness only. playground/bench measures how long they keep the main thread busy.

interface LayoutShift extends PerformanceEntry {
  readonly hadRecentInput: boolean
  readonly sources: readonly {
    readonly node?: Node
    readonly previousRect: DOMRectReadOnly
    readonly currentRect: DOMRectReadOnly
  }[]
}

interface TestWindow {
  readonly shifts: { readonly startTime: number; readonly text: string }[]
  readonly addedNodes: { count: number }
}

/** Sends a message and waits until the answer is complete. */
async function ask(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('Go on')
  await page.getByRole('button', { name: 'Send' }).click()
  // The stream itself takes several seconds, and longer on a busy machine.
  await expect(page.locator('.message-assistant .figures')).toBeVisible({ timeout: 90_000 })
}

test.describe('a stream at 200 tokens per second', () => {
  test.use({ mockOptions: { tokensPerSecond: 200, reply: () => ANSWERS.mixed(800) } })

  test('does not shift the text above the end of the answer', async ({ playground }) => {
    const { page } = playground
    await page.addInitScript(() => {
      const shifts: TestWindow['shifts'] = []
      Object.assign(window, { shifts })
      new PerformanceObserver((list) => {
        for (const { hadRecentInput, startTime, sources } of list.getEntries() as LayoutShift[]) {
          if (hadRecentInput) continue
          for (const { node, previousRect: from, currentRect: to } of sources) {
            const text = `${from.x},${from.y} → ${to.x},${to.y} ${node?.nodeName} ${node?.textContent?.slice(0, 40)}`
            shifts.push({ startTime, text })
          }
        }
      }).observe({ type: 'layout-shift' })
    })
    await playground.connected('chat')
    // The observer reports the shifts of the connection later; the last of them comes with the next frame.
    const connectedAt = await page.evaluate(
      () =>
        new Promise<number>((resolve) =>
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now()))),
        ),
    )
    await ask(page)
    const shifts = await page.evaluate(() => (window as unknown as TestWindow).shifts)
    expect(shifts.filter(({ startTime }) => startTime > connectedAt)).toEqual([])
  })
})

for (const [name, answer] of Object.entries(ANSWERS)) {
  test.describe(`an answer of 4,000 tokens: ${name}`, () => {
    const text = `${answer(4_000)}\n\nThe last words.`
    // Four tokens per delta, because the mock's timer limits the number of deltas per second.
    test.use({ mockOptions: { tokensPerSecond: 20_000, reply: () => ({ deltas: text.match(/[^]{1,16}/g)! }) } })

    test('is shown completely, without rendering finished blocks again', async ({ playground }) => {
      const { page } = playground
      await page.addInitScript(() => {
        const addedNodes = { count: 0 }
        Object.assign(window, { addedNodes })
        new MutationObserver((records) => {
          for (const { target, addedNodes: added } of records) {
            const element = target instanceof Element ? target : target.parentElement
            if (element?.closest('.message-assistant .md') === null) continue
            for (const node of added)
              addedNodes.count += node instanceof Element ? node.querySelectorAll('*').length + 1 : 1
          }
        }).observe(document, { subtree: true, childList: true })
      })
      await playground.connected('chat')
      await ask(page)
      const md = page.locator('.message-assistant .md')
      // The page may still be rendering when the stream has ended.
      await expect(md.getByText('The last words.')).toBeVisible()
      const shown = await md.evaluate(({ textContent }) => textContent)
      const letters = (text: string): number => text.replace(/[^a-z]/gi, '').length
      expect(letters(shown) / letters(text)).toBeGreaterThan(0.7)
      const added = await page.evaluate(() => (window as unknown as TestWindow).addedNodes.count)
      const elements = await md.evaluate((md) => md.querySelectorAll('*').length)
      // About 1 to 3 per element; rendering the growing block anew with every frame adds tens of thousands.
      expect(added).toBeLessThan(5 * elements + 200)

      await page.reload()
      await expect(md.getByText('The last words.')).toBeVisible()
      await expect.poll(() => md.evaluate(({ textContent }, shown) => textContent === shown, shown)).toBe(true)
    })
  })
}
