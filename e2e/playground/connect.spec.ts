import type { Page } from '@playwright/test'
import { FAILED_REQUEST } from '../setup/watch-console.js'
import { expect, expectAccessible, expectToFit, test } from './setup.js'

test('connects to the endpoint in the URL', async ({ playground, page }) => {
  await playground.connected()
  const server = page.getByRole('region', { name: 'Server', exact: true })
  await expect(server).toContainText('Connected')
  await expect(server).toContainText('Everything is ready')
  await expect(page.getByRole('banner')).not.toContainText('Mock')
  await expectAccessible(playground)
  await expectToFit(playground, 'connect')
})

test('connects to the mock with one click and marks it as a mock in every view', async ({ playground, page, site }) => {
  await page.goto(`${site.url}/#/connect`)
  await expect(page.getByRole('banner').getByRole('status')).toHaveText('Not connected')
  await page.getByRole('button', { name: 'Use the mock' }).click()
  await expect(page.getByRole('banner').getByRole('status')).toHaveText('Connected')
  await expect(page.getByRole('region', { name: 'Server', exact: true })).toContainText('No model is running')
  await expectAccessible(playground)
  await expectToFit(playground, 'connect-mock')
  for (const view of [
    'models',
    'chat',
    'tools',
    'structured',
    'embeddings',
    'decisions',
    'inspector',
    'faults',
  ] as const) {
    await playground.open(view)
    await expect(page.getByRole('banner').getByText('Mock', { exact: true })).toBeVisible()
  }
})

test('restores the theme before the first paint', async ({ playground, page }) => {
  await playground.connected()
  await page.getByRole('button', { name: /^Theme: system/ }).click()
  await page.getByRole('button', { name: /^Theme: light/ }).click()
  await page.getByRole('button', { name: /^Theme: dark/ }).waitFor()
  await page.reload()
  await expect(page.getByRole('button', { name: /^Theme: dark/ })).toBeVisible()
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(16, 22, 26)')
})

test('supports switching views with the keyboard and updates focus and title', async ({ playground, page }) => {
  await playground.connected()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Models' }).press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Models' })).toBeVisible()
  await expect(page.getByRole('main')).toBeFocused()
  await expect(page).toHaveTitle(/^Models/)
  await page.goBack()
  await expect(page.getByRole('heading', { level: 1, name: 'Connect' })).toBeVisible()
})

test('opens Chat when a server answers, unless the address names a view', async ({ page, site, mock }) => {
  await page.goto(`${site.url}/?endpoint=${encodeURIComponent(mock.url)}`)
  await expect(page.getByRole('list', { name: 'Example prompts' })).toBeVisible()
  await expect(page.getByRole('textbox', { name: 'Message', exact: true })).toBeFocused()
  await page.goto('about:blank')
  await page.goto(`${site.url}/?endpoint=${encodeURIComponent(mock.url)}#/models`)
  await expect(page.getByRole('banner').getByRole('status')).toHaveText('Connected')
  await expect(page.getByRole('heading', { level: 1, name: 'Models' })).toBeVisible()
})

test('accepts an endpoint without a scheme', async ({ page, site, mock }) => {
  await page.goto(`${site.url}/#/connect`)
  await page.getByLabel('Endpoint', { exact: true }).fill(`localhost:${new URL(mock.url).port}`)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(page.getByRole('banner').getByRole('status')).toHaveText('Connected')
})

test.describe('the saved connection', () => {
  test('is stored only on request, and the token never appears in a URL', async ({ playground, page, site, mock }) => {
    mock.configure({ auth: true })
    const token = mock.apiToken ?? ''
    await page.goto(`${site.url}/#/connect`)
    const connect = async (): Promise<void> => {
      await page.getByLabel('Endpoint', { exact: true }).fill(mock.url)
      await page.getByLabel('API token').fill(token)
      await page.getByRole('button', { name: 'Connect', exact: true }).click()
      await expect(page.getByRole('banner').getByRole('status')).toHaveText('Connected')
    }
    await connect()
    expect(page.url()).not.toContain(token)
    await page.goto(`${site.url}/#/connect`)
    await expect(page.getByLabel('API token')).toHaveValue('')

    await page.getByLabel('Remember endpoint and token').check()
    await connect()
    await page.goto(`${site.url}/#/connect`)
    await expect(page.getByRole('banner').getByRole('status')).toHaveText('Connected')
    await expect(page.getByLabel('API token')).toHaveValue(token)
    expect(page.url()).not.toContain(token)

    await page.getByLabel('Remember endpoint and token').uncheck()
    await page.goto(`${site.url}/#/connect`)
    await expect(page.getByLabel('API token')).toHaveValue('')
    await playground.open('inspector')
    await expect(page.locator('body')).not.toContainText(token)
  })
})

test.describe('the saved connection and links', () => {
  const store = (page: Page, value: unknown): Promise<void> =>
    page.evaluate(
      (value) =>
        new Promise((resolve) => {
          const opening = indexedDB.open('lmstudio-playground')
          opening.addEventListener('success', () => {
            const put = opening.result
              .transaction('settings', 'readwrite')
              .objectStore('settings')
              .put(value, 'connection')
            put.addEventListener('success', () => (opening.result.close(), resolve()))
          })
        }),
      value,
    )

  test('a link to another server does not change it', async ({ page, site, mock }) => {
    await page.goto(`${site.url}/#/connect`)
    await expect(page.getByLabel('API token')).toBeVisible()
    await store(page, { endpoint: 'http://127.0.0.1:9', token: 'saved-token', allowRemote: false })
    await page.goto(`${site.url}/?endpoint=${encodeURIComponent(mock.url)}#/connect`)
    await expect(page.getByRole('banner').getByRole('status')).toHaveText('Connected')
    await expect(page.getByLabel('API token')).toHaveValue('')
    await page.goto(`${site.url}/?endpoint=${encodeURIComponent('ftp://127.0.0.1:9')}#/connect`)
    await expect(page.getByText('This endpoint cannot be used.')).toBeVisible()
    await page.goto(`${site.url}/?endpoint=${encodeURIComponent(mock.url)}#/connect`)
    await expect(page.getByRole('banner').getByRole('status')).toHaveText('Connected')
    const stored = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const opening = indexedDB.open('lmstudio-playground')
          opening.addEventListener('success', () => {
            const request = opening.result.transaction('settings').objectStore('settings').get('connection')
            request.addEventListener('success', () => resolve(request.result))
          })
        }),
    )
    expect(stored).toEqual({ endpoint: 'http://127.0.0.1:9', token: 'saved-token', allowRemote: false })
  })

  for (const value of [null, 5, { endpoint: 5, token: {} }]) {
    test(`is ignored if it is ${JSON.stringify(value)}`, async ({ page, site }) => {
      await page.goto(`${site.url}/#/connect`)
      await expect(page.getByLabel('API token')).toBeVisible()
      await store(page, value)
      await page.reload()
      await expect(page.getByLabel('Endpoint', { exact: true })).toHaveValue('http://127.0.0.1:1234')
      await expect(page.getByLabel('Remember endpoint and token')).not.toBeChecked()
    })
  }
})

test('the navigation bar keeps the current view visible when a phone is rotated', async ({ playground, page }) => {
  await playground.connected('faults')
  await page.setViewportSize({ width: 360, height: 740 })
  await expect(page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Fault lab' })).toBeInViewport(
    {
      ratio: 0.9,
    },
  )
})

test.describe('with an unreachable server', () => {
  test.use({ expectedComplaints: [FAILED_REQUEST] })

  test('explains that CORS is off and detects when it is turned on', async ({ playground, page, site, mock }) => {
    mock.configure({ cors: false })
    await page.goto(`${site.url}/?endpoint=${encodeURIComponent(mock.url)}#/connect`)
    const server = page.getByRole('region', { name: 'Server', exact: true })
    await expect(server).toContainText('Unreachable')
    await expect(server.getByRole('list', { name: 'What to do' }).getByRole('listitem').first()).toContainText('CORS')
    await expect(page.getByRole('banner').getByRole('status')).toHaveText('Unreachable')
    await expectAccessible(playground)
    await expectToFit(playground, 'connect-cors')
    mock.configure({ cors: true })
    await page.getByRole('button', { name: 'Check again' }).click()
    await expect(server).toContainText('Everything is ready')
    await expect(server.getByRole('list', { name: 'What to do' })).toHaveCount(0)
    await playground.open('models')
    await expect(page.getByText('5 models')).toBeVisible()
  })

  test('explains that the server is off and how to start it', async ({ playground, page, site, mock }) => {
    await mock.close()
    await page.goto(`${site.url}/?endpoint=${encodeURIComponent(mock.url)}#/connect`)
    const server = page.getByRole('region', { name: 'Server', exact: true })
    await expect(server).toContainText('not-running')
    await expect(server.getByRole('button', { name: 'Copy lms server start --cors' })).toBeVisible()
    // A command ends its line: no punctuation stands alone after its button.
    for (const text of await server.getByRole('listitem').allInnerTexts()) expect(text).not.toMatch(/Copy\s*[.,;)]/)
    await expectAccessible(playground)
    await expectToFit(playground, 'connect-off')
    await playground.open('models')
    await expect(page.getByText('Not connected')).toBeVisible()
    await expectAccessible(playground)
  })

  test('explains that a token is required and connects with it', async ({ page, site, mock }) => {
    mock.configure({ auth: true })
    await page.goto(`${site.url}/?endpoint=${encodeURIComponent(mock.url)}#/connect`)
    const server = page.getByRole('region', { name: 'Server', exact: true })
    await expect(server).toContainText('Limited')
    await expect(server).toContainText('auth-required')
    await expect(server).not.toContainText('above')
    await server.getByText('Details').click()
    await expect(server).toContainText('/lmstudio-greeting')
    await page.getByLabel('API token').fill('wrong-token-here')
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(server).toContainText('auth-rejected')
    await page.getByLabel('API token').fill(mock.apiToken ?? '')
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(server).toContainText('Everything is ready')
  })

  test('detects that the server stopped and came back', async ({ playground, page, mock }) => {
    await page.clock.install()
    await playground.connected()
    mock.configure({ cors: false })
    await page.clock.runFor(16_000)
    await expect(page.getByRole('banner').getByRole('status')).toHaveText('Unreachable')
    mock.configure({ cors: true })
    await page.clock.runFor(16_000)
    await expect(page.getByRole('banner').getByRole('status')).toHaveText('Connected')
  })

  test('rejects an invalid endpoint without sending a request', async ({ playground, page, site }) => {
    await page.goto(`${site.url}/#/connect`)
    await page.getByLabel('Endpoint', { exact: true }).fill('http://192.0.2.1.example')
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    const note = page.getByRole('region', { name: 'Server', exact: true }).getByRole('alert')
    await expect(note).toContainText('outside this machine')
    await expect(note).toContainText('Select “Allow endpoints outside this network”')
    await expectAccessible(playground)
    await page.getByLabel('Endpoint', { exact: true }).fill('ws://127.0.0.1:1234')
    await page.getByLabel('Endpoint', { exact: true }).press('Enter')
    await expect(note).toContainText('Write http://127.0.0.1:1234')
    await expect(note).not.toContainText('outside this machine')
  })

  test('copies a suggested command with the keyboard', async ({ page, site, mock, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write', 'local-network-access'])
    mock.configure({ cors: false })
    await page.goto(`${site.url}/?endpoint=${encodeURIComponent(mock.url)}#/connect`)
    const command = 'lms server stop && lms server start --cors'
    await page.getByRole('button', { name: `Copy ${command}` }).press('Enter')
    await expect(page.getByText('Copied.', { exact: true })).toBeVisible()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(command)
  })

  test('finds the server on this machine', async ({ page, site, mock }) => {
    // Routes the default port to the mock.
    await page.route('http://127.0.0.1:1234/**', (route) => {
      const { pathname, search } = new URL(route.request().url())
      return route.continue({ url: `${mock.url}${pathname}${search}` })
    })
    await page.route(/^http:\/\/(localhost|\[::1\]):1234\//, (route) => route.fulfill({ status: 404, body: '' }))
    await page.goto(`${site.url}/#/connect`)
    await page.getByLabel('Endpoint', { exact: true }).fill('http://127.0.0.1:9')
    await page.getByRole('button', { name: 'Find LM Studio' }).click()
    await expect(page.getByRole('banner').getByRole('status')).toHaveText('Connected')
    await expect(page.getByLabel('Endpoint', { exact: true })).toHaveValue('http://127.0.0.1:1234')
  })

  test('lists the addresses it tried if no server is found', async ({ page, site }) => {
    test.skip(
      await fetch('http://127.0.0.1:1234').then(
        () => true,
        () => false,
      ),
      'LM Studio is running on this machine',
    )
    await page.goto(`${site.url}/#/connect`)
    await page.getByRole('button', { name: 'Find LM Studio' }).click()
    await expect(page.getByRole('alert')).toContainText('No LM Studio was found')
    await expect(page.getByRole('alert')).toContainText('http://127.0.0.1:1234')
  })
})
