// @ts-check
// What every page with a chat must do, in Chromium: the page has a field “Message”, the buttons “Send” and “Stop”, an
// <output> with the response and an element with the role alert for an error.
import assert from 'node:assert/strict'

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('./server-checks.mjs').Mock} Mock */
/** @typedef {(page: Page, mock: Mock) => Promise<void>} PageCheck */

const CHAT = '/v1/chat/completions'

/** @type {Record<string, PageCheck>} */
export const pageChecks = {
  'shows the text while the model still generates': async (page, mock) => {
    mock.inject('stall', { path: CHAT })
    await send(page)
    await shows(page, 'output', 'one two')
    await mock.whenHeld()
    mock.release()
    await shows(page, 'output', 'one two three four')
    await page.getByRole('button', { name: 'Send', disabled: false }).waitFor()
    assert.equal(await page.getByRole('alert').filter({ hasText: /\w/ }).count(), 0)
  },

  'stops the model and keeps the text': async (page, mock) => {
    mock.inject('stall', { path: CHAT })
    await send(page)
    await shows(page, 'output', 'one two')
    await page.getByRole('button', { name: 'Stop' }).click()
    const call = chatCall(mock)
    assert.equal(await call.finished, 'aborted')
    await page.getByRole('button', { name: 'Send', disabled: false }).waitFor()
    assert.equal(await page.locator('output').textContent(), 'one two')
    assert.equal(await page.getByRole('alert').filter({ hasText: /\w/ }).count(), 0)
  },

  'shows an error with its hint and keeps the text': async (page, mock) => {
    mock.inject('error-frame', { path: CHAT })
    await send(page)
    const alert = page.getByRole('alert').filter({ hasText: 'engine crashed' })
    await alert.waitFor()
    assert.match((await alert.textContent()) ?? '', /Load the model again\./)
    assert.equal(await page.locator('output').textContent(), 'one two')
  },

  'shows an error before the first event': async (page, mock) => {
    mock.inject('status-401', { path: CHAT })
    await send(page)
    await page.getByRole('alert').filter({ hasText: 'API token' }).waitFor()
    assert.equal(await page.locator('output').textContent(), '')
  },

  'stops the model when the page is left': async (page, mock) => {
    mock.inject('stall', { path: CHAT })
    await send(page)
    await shows(page, 'output', 'one two')
    const call = chatCall(mock)
    await page.goto('about:blank')
    assert.equal(await call.finished, 'aborted')
  },
}

/**
 * The only call that is not a preflight.
 * @param {Mock} mock
 */
function chatCall(mock) {
  const [call, ...others] = mock.calls.filter(({ method, path }) => method === 'POST' && path === CHAT)
  assert.ok(call, `no call to ${CHAT}`)
  assert.equal(others.length, 0)
  return call
}

/** @param {Page} page */
async function send(page) {
  await page.getByLabel('Message').fill('Count')
  await page.getByRole('button', { name: 'Send' }).click()
}

/**
 * @param {Page} page
 * @param {string} selector
 * @param {string} text
 */
async function shows(page, selector, text) {
  await page.waitForFunction(
    ([where, what]) => document.querySelector(/** @type {string} */ (where))?.textContent === what,
    [selector, text],
  )
}
