import { chromium, type Browser, type BrowserContext } from '@playwright/test'
import { expect, openEmptyPage, test } from './setup/test.js'

type Setting = 'granted' | 'denied' | 'prompt'

/** A host name that counts as public: for the library by its name, for the browser by the flag below. */
const HOST = 'chat.example.com'

/** Starts a Chromium for which the site is public, so that it needs permission to access the local network. */
async function launchPublic(
  port: number,
  { isSecure = true }: { readonly isSecure?: boolean },
  options: object | undefined,
): Promise<Browser> {
  const args = [
    '--no-sandbox',
    '--disable-quic',
    `--host-resolver-rules=MAP ${HOST} 127.0.0.1`,
    `--ip-address-space-overrides=127.0.0.1:${port}=public`,
    ...(isSecure ? [`--unsafely-treat-insecure-origin-as-secure=http://${HOST}:${port}`] : []),
  ]
  return chromium.launch({ ...options, args })
}

/** Sets the permission to access this machine. */
async function setPermission(context: BrowserContext, origin: string, setting: Setting): Promise<void> {
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  const { targetInfo } = await session.send('Target.getTargetInfo')
  const browserSession = await context.browser()!.newBrowserCDPSession()
  await browserSession.send('Browser.setPermission', {
    origin,
    permission: { name: 'loopback-network' },
    setting,
    ...(targetInfo.browserContextId === undefined ? {} : { browserContextId: targetInfo.browserContextId }),
  })
  await page.close()
}

/** Lists models from a public page; resolves to the number of models, or to the error as plain data. */
async function listFrom(context: BrowserContext, origin: string, endpoint: string): Promise<unknown> {
  const page = await context.newPage()
  await openEmptyPage(page, origin)
  return page.evaluate(async (endpoint) => {
    try {
      return (await window.library.createLMStudio({ endpoint, cache: false }).listModels()).length
    } catch (error) {
      return window.library.ProviderError.isInstance(error) ? error.toJSON() : String(error)
    }
  }, endpoint)
}

test.describe('a public page', () => {
  let browser: Browser
  let origin: string

  test.beforeAll(async ({ site, launchOptions }) => {
    browser = await launchPublic(site.port, {}, launchOptions)
    origin = `http://${HOST}:${site.port}`
  })
  test.afterAll(() => browser.close())

  test('lists models when the permission is granted', async ({ mock }) => {
    await using context = await browser.newContext()
    await setPermission(context, origin, 'granted')
    expect(await listFrom(context, origin, mock.url)).toBe(5)
  })

  test('reports that permission is required, without sending a request', async ({ mock }) => {
    await using context = await browser.newContext()
    await setPermission(context, origin, 'prompt')
    expect(await listFrom(context, origin, mock.url)).toMatchObject({
      name: 'BrowserAccessError',
      reason: 'permission-required',
    })
    expect(mock.calls).toEqual([])
  })

  test('reports that permission is denied and where to change it', async ({ mock }) => {
    await using context = await browser.newContext()
    await setPermission(context, origin, 'denied')
    expect(await listFrom(context, origin, mock.url)).toMatchObject({
      name: 'BrowserAccessError',
      reason: 'permission-denied',
      hint: expect.stringContaining('Apps on device'),
    })
    expect(mock.calls).toEqual([])
  })

  test('reports CORS that is off when the permission is granted', async ({ mock }) => {
    mock.configure({ cors: false })
    await using context = await browser.newContext()
    await setPermission(context, origin, 'granted')
    expect(await listFrom(context, origin, mock.url)).toMatchObject({ reason: 'cors-disabled' })
  })

  test('reports a server that is off when the permission is granted', async ({ mock }) => {
    await mock.close()
    await using context = await browser.newContext()
    await setPermission(context, origin, 'granted')
    expect(await listFrom(context, origin, mock.url)).toMatchObject({ name: 'ServiceNotFoundError' })
  })
})

test('reports an insecure context for a public http page', async ({ mock, site, launchOptions }) => {
  await using browser = await launchPublic(site.port, { isSecure: false }, launchOptions)
  await using context = await browser.newContext()
  const outcome = await listFrom(context, `http://${HOST}:${site.port}`, mock.url)
  expect(outcome).toMatchObject({ name: 'BrowserAccessError', reason: 'insecure-context' })
  expect(mock.calls).toEqual([])
})
