import { ANSWERS } from '../../e2e/playground/markdown-texts.js'
import { test, type Playground } from '../../e2e/playground/setup.js'
import { expectShortTasks, untilPresent } from './long-tasks.js'

/** Streams one answer of the test's mock and waits until it is complete and the page is idle. */
async function streamAnswer({ page, connected }: Playground, name: string): Promise<void> {
  await connected('chat')
  await expectShortTasks(page, name, async () => {
    await page.locator('.composer-text').fill('Go on')
    await untilPresent(page, 'button[type="submit"]:enabled')
    await page.keyboard.press('Enter')
    await untilPresent(page, '.message-assistant .figures')
    await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)))
  })
}

test.describe('at 200 tokens per second', () => {
  test.use({ mockOptions: { tokensPerSecond: 200, reply: () => ANSWERS.mixed(1600) } })

  test('streams 1,600 tokens', ({ playground }) => streamAnswer(playground, '1,600 tokens at 200 tokens/s'))
})

for (const [name, answer] of Object.entries(ANSWERS)) {
  test.describe(name, () => {
    // Four tokens per delta, because the mock's timer limits the number of deltas per second.
    const deltas = answer(10_000).match(/[^]{1,16}/g)!
    test.use({ mockOptions: { tokensPerSecond: 20_000, reply: () => ({ deltas }) } })

    test('streams 10,000 tokens', ({ playground }) => streamAnswer(playground, `10,000 tokens (${name})`))
  })
}
