import { SHORT_PAGE, soakPage } from '../test/reliability/soak/run.js'
import { expect, test } from './setup/test.js'

// `npm run reliability -- soak` makes a hundred thousand.
test('1,360 calls, many of them aborted or broken, leave no timer, listener, request or memory behind', async ({
  browser,
}) => {
  test.setTimeout(600_000)
  const { failures, calls } = await soakPage(browser, SHORT_PAGE)
  expect(failures).toEqual([])
  expect(calls).toBe(1360)
})
