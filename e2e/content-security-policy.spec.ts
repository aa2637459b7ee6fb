import { chromium, expect, test, type Browser } from '@playwright/test'
import { startMockLMStudio, type MockLMStudioServer } from '../src/testing/node-server.js'
import { BOX, checkPolicy, expectedCode, policiesFor } from './setup/policies.js'
import { startSite, type Site } from './setup/site.js'

let browser: Browser
let site: Site
let mock: MockLMStudioServer

test.beforeAll(async ({ launchOptions }) => {
  site = await startSite()
  mock = await startMockLMStudio()
  const args = ['--no-sandbox', '--disable-quic', `--host-resolver-rules=MAP ${BOX} 127.0.0.1`]
  browser = await chromium.launch({ ...launchOptions, args })
})
test.afterAll(async () => {
  await browser.close()
  await mock.close()
  await site[Symbol.asyncDispose]()
})

for (const policy of policiesFor('Chromium')) {
  test(`a page with the policy ${policy.name}: ${expectedCode('Chromium', policy)}`, async () => {
    const page = await browser.newPage()
    const difference = await checkPolicy(
      { name: 'Chromium', policy, site: site.url, port: mock.port },
      async (url) => void (await page.goto(url)),
      (body, ...args) => page.evaluate(`(async (...args) => { ${body} })(...${JSON.stringify(args)})`),
    )
    expect(difference).toBeUndefined()
    await page.close()
  })
}

test('does not blame the policy for a server that is off', async () => {
  const off = await startMockLMStudio()
  await off.close()
  const policy = {
    name: 'open',
    header: "script-src 'self' 'unsafe-inline'; connect-src 'self' http://127.0.0.1:*",
    code: 'not-running',
  }
  const page = await browser.newPage()
  const difference = await checkPolicy(
    { name: 'Chromium', policy, site: site.url, port: off.port },
    async (url) => void (await page.goto(url)),
    (body, ...args) => page.evaluate(`(async (...args) => { ${body} })(...${JSON.stringify(args)})`),
  )
  expect(difference).toBeUndefined()
  await page.close()
})

test('a request for the model list, and probes, need no preflight', async () => {
  const page = await browser.newPage()
  await page.goto(`${site.url}/pages/empty.html`)
  await page.waitForFunction(() => 'library' in window)
  const from = mock.calls.length
  await page.evaluate(async (endpoint) => {
    await window.library.createLMStudio({ endpoint, cache: false }).listModels()
    await window.library.diagnose({ endpoint })
  }, mock.url)
  const calls = mock.calls.slice(from)
  expect(calls.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET'])
  // What `cache: 'no-store'` adds, below CORS.
  expect(calls.map(({ headers }) => headers['cache-control'])).toEqual(['no-cache', 'no-cache', 'no-cache'])
  await page.close()
})
