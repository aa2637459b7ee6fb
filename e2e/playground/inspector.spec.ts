import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Locator, Page } from '@playwright/test'
import { fromRoot } from '../setup/paths.js'
import { posted } from '../setup/posted.js'
import { run } from '../setup/run.js'
import { manyEvents } from './large-inputs.js'
import { expect, expectAccessible, expectToFit, test, type Playground } from './setup.js'

const list = (page: Page): Locator => page.getByRole('region', { name: 'Requests' })
const rows = (page: Page): Locator => list(page).getByRole('listitem').getByRole('link')
const details = (page: Page): Locator => page.getByRole('region', { name: 'Request and response' })
const tab = (page: Page, name: string): Locator => details(page).getByRole('tab', { name })
const events = (page: Page): Locator => details(page).getByRole('listbox', { name: 'Stream events' })

/** Streams through the Fault lab with a harmless fault, then returns to the Inspector. */
async function streamInLab({ page, open }: Playground): Promise<void> {
  await open('faults')
  await page.getByLabel('Fault', { exact: true }).selectOption('null-error')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByText('Succeeded on the first attempt.')).toBeVisible()
  await open('inspector')
}

test('lists every request, newest first, without health checks', async ({ playground, page }) => {
  await playground.connected('inspector')
  await expect(rows(page).first()).toContainText('GET /api/v1/models')
  await expect(rows(page).first()).toContainText('200')
  const before = await rows(page).count()
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await expect(list(page).getByRole('status')).not.toHaveText(`${before} of ${before} requests`)
  expect(await rows(page).count()).toBe(before)
  await page.getByLabel('Include health checks').check()
  await expect(rows(page)).not.toHaveCount(before)
})

test('filters by text, kind, method and status', async ({ playground, page }) => {
  await playground.mocked('faults')
  await page.getByRole('button', { name: /^Temporarily busy/ }).click()
  await expect(page.getByText('Recovered after 2 retries.')).toBeVisible()
  await playground.open('inspector')
  await expect(rows(page).first()).toContainText('POST /v1/chat/completions')
  const all = await rows(page).count()

  await page.getByLabel('Filter', { exact: true }).fill('lorem tern')
  await expect(rows(page)).toHaveCount(3)
  await page.getByLabel('Status').selectOption('Not OK (3xx–5xx)')
  await expect(rows(page)).toHaveCount(2)
  await expect(rows(page).first()).toContainText('503')
  await page.getByLabel('Method').selectOption('GET')
  await expect(page.getByText('No matching requests.')).toBeVisible()
  await page.getByRole('button', { name: 'Show all' }).click()
  await expect.poll(() => rows(page).count()).toBeGreaterThanOrEqual(all)
  await page.getByLabel('Kind').selectOption('Models')
  await expect(rows(page).filter({ hasText: '/v1/chat' })).toHaveCount(0)
})

test('shows the timing, headers, bodies and raw response', async ({ playground, page }) => {
  await playground.connected('inspector')
  await rows(page).filter({ hasText: '/api/v1/models' }).first().click()
  await expect(details(page).getByRole('img', { name: /^Waiting [\d.]+ m?s, First byte .*total$/ })).toBeVisible()
  await expect(details(page).getByRole('region', { name: 'Response body' })).toContainText('"key": "acme/tern-4b"')
  await tab(page, 'Raw').click()
  await expect(details(page)).toContainText(/chunks? received/)
  await tab(page, 'Request').click()
  await expect(details(page)).toContainText('No request body.')
  await tab(page, 'Headers').click()
  await expect(details(page)).toContainText('content-type')
  await expectAccessible(playground)
  await page.keyboard.press('Home')
  await expect(tab(page, 'Headers')).toBeVisible()
})

test('shows the events of a stream as they arrive', async ({ playground, page }) => {
  await playground.mocked('faults')
  await page.getByLabel('Fault', { exact: true }).selectOption('stall')
  await page.getByLabel('After events').fill('12')
  await page.getByLabel('Timeouts').selectOption('Default: up to 10 minutes')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('region', { name: 'Requests made' }).getByRole('link').click()
  await expect(details(page).getByText('12 events', { exact: true })).toBeVisible()
  await expect(details(page)).toContainText('streaming')
  await expect(events(page).getByRole('option').first()).toContainText('"reasoning_content":"The"')
  await playground.open('faults')
  await page.getByRole('button', { name: 'Release' }).click()
  await expect(page.getByText('Succeeded on the first attempt.')).toBeVisible()
  await page.getByRole('region', { name: 'Requests made' }).getByRole('link').click()
  await events(page).focus()
  await page.keyboard.press('End')
  await expect(events(page).getByRole('option', { selected: true })).toContainText('[DONE]')
  await page.keyboard.press('ArrowUp')
  await expect(details(page).getByRole('region', { name: /^Event \d+$/ })).toContainText('"usage"')
  await details(page).getByLabel('Filter events').fill('finish_reason":"stop')
  await expect(details(page).getByText(/^1 of \d+ events$/)).toBeVisible()
  await details(page).getByLabel('Filter events').fill('')
  await expectAccessible(playground)
  await expectToFit(playground, 'inspector-events')
})

test('supports the keyboard and restores the focus on a narrow screen', async ({ playground, page }) => {
  await page.setViewportSize({ width: 360, height: 800 })
  await playground.connected('inspector')
  const last = rows(page).nth(1)
  await rows(page).first().focus()
  await page.keyboard.press('ArrowDown')
  await expect(last).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(details(page).getByRole('link', { name: 'All requests' })).toBeFocused()
  await expect(list(page)).toBeHidden()
  await page.keyboard.press('Enter')
  await expect(last).toBeFocused()
  await last.press('Enter')
  await expect(details(page).getByRole('link', { name: 'All requests' })).toBeFocused()
  await tab(page, 'Response').focus()
  await page.keyboard.press('ArrowLeft')
  await expect(tab(page, 'Code')).toBeFocused()
  await expect(tab(page, 'Code')).toHaveAttribute('aria-selected', 'true')
  await page.getByRole('link', { name: 'All requests' }).click()
  await rows(page).first().click()
  await expect(tab(page, 'Code')).toBeInViewport({ ratio: 0.99 })
})

test('stops recording and clears the list', async ({ playground, page }) => {
  await playground.connected('inspector')
  await expect(rows(page).first()).toBeVisible()
  await page.getByRole('button', { name: 'Stop recording' }).click()
  await page.getByRole('button', { name: 'Clear' }).click()
  await expect(page.getByText('No requests yet')).toBeVisible()
  await playground.open('models')
  await page.getByRole('button', { name: 'Refresh' }).click()
  await playground.open('inspector')
  await expect(page.getByText('No requests yet')).toBeVisible()
  await page.getByRole('button', { name: 'Resume recording' }).click()
})

test.describe('with an API token', () => {
  test.use({
    mockOptions: { auth: 'sk-lm-abcdefgh:0123456789abcdefghij' },
    expectedComplaints: [/^Failed to load resource/],
  })

  test('lists rejected requests and never shows the token', async ({ playground, page, mock, site }) => {
    await page.goto(`${site.url}/?endpoint=${encodeURIComponent(mock.url)}#/connect`)
    await page.getByLabel('API token').fill('sk-lm-abcdefgh:0123456789abcdefghij')
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await expect(page.getByRole('banner').getByRole('status')).toContainText('Connected')
    await playground.open('inspector')
    await expect(rows(page).filter({ hasText: '401' }).first()).toBeVisible()
    await rows(page).filter({ hasText: '200' }).filter({ hasText: '/api/v1/models' }).first().click()
    await tab(page, 'Headers').click()
    await expect(details(page)).toContainText('Bearer ••••••')
    await tab(page, 'Code').click()
    await expect(details(page)).toContainText('process.env.LM_API_TOKEN')
    await expect(details(page)).toContainText('$LM_API_TOKEN')
    expect(await page.content()).not.toContain('0123456789abcdefghij')
  })
})

test.describe('copied code', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

  /** Clicks a copy button and returns the copied text. */
  async function copied(page: Page, name: string): Promise<string> {
    await details(page).getByRole('button', { name, exact: true }).click()
    await expect(page.getByRole('status', { name: 'Notifications' })).toContainText('Copied')
    return page.evaluate(() => navigator.clipboard.readText())
  }

  const PROMPT = `It's "quoted" $HOME \`id\` \\n\nand on a new line: 🌊 ü </script>`

  /** Sends a chat message and opens its request in the Inspector. */
  async function chat(page: Page, playground: Playground, prompt: string): Promise<void> {
    await playground.open('chat')
    await page.getByRole('textbox', { name: 'Message', exact: true }).fill(prompt)
    await page.getByRole('button', { name: 'Send' }).click()
    await expect(page.locator('.message-assistant .figures')).toBeVisible()
    await playground.open('inspector')
    await rows(page).filter({ hasText: 'POST' }).first().click()
  }

  test('runs in a shell, in Node and in a page', async ({ playground, page, mock, context }) => {
    await playground.connected('chat')
    await chat(page, playground, PROMPT)
    const [first] = posted(mock)
    expect(JSON.stringify(first!.body)).toContain('🌊')

    const curl = await copied(page, 'Copy as curl')
    const shell = spawn('sh', ['-c', curl])
    let output = ''
    shell.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    expect(await new Promise((resolve) => shell.on('close', resolve))).toBe(0)
    expect(output).toContain('data: [DONE]')
    expect(posted(mock)[1]?.body).toEqual(first!.body)

    const node = await copied(page, 'Copy as Node code')
    await using program = run(fromRoot('e2e/dist/app'), ['--input-type=module', '-e', node])
    expect(await program.exitCode).toBe(0)
    expect(program.output()).not.toBe('')
    expect(posted(mock)[2]?.body).toEqual(first!.body)

    const code = await copied(page, 'Copy as page code')
    const other = await context.newPage()
    await other.route('https://cdn.jsdelivr.net/npm/lmstudio-provider/dist/**', async (route) => {
      const file = new URL(route.request().url()).pathname.split('/dist/')[1]!
      await route.fulfill({
        contentType: 'text/javascript',
        headers: { 'access-control-allow-origin': '*' },
        body: await readFile(fromRoot(`e2e/dist/package/dist/${file}`)),
      })
    })
    const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(code))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    await other.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await expect(other.locator('pre')).toContainText('quoted')
    expect(posted(mock)[3]?.body).toEqual(first!.body)
    await other.close()
    server.close()
  })

  test('runs also for a response of the mock inside the page', async ({ playground, page }) => {
    await playground.mocked('inspector')
    await streamInLab(playground)
    await rows(page).filter({ hasText: 'POST' }).first().click()
    const node = await copied(page, 'Copy as Node code')
    await using program = run(fromRoot('e2e/dist/app'), ['--input-type=module', '-e', node])
    expect(await program.exitCode).toBe(0)
    expect(program.output().split(/\s+/).length).toBeGreaterThan(25)
  })
})

/** Sends a message in Chat and opens its request with the link below the answer. */
async function openFromChat({ page, connected }: Playground): Promise<void> {
  await connected('chat')
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('Hello?')
  await page.getByRole('textbox', { name: 'Message', exact: true }).press('Enter')
  await page.locator('.message-assistant').getByRole('link', { name: 'Show request' }).click()
  await expect(details(page)).toContainText('POST /v1/chat/completions')
}

test('joins the output of a stream, opened from Chat', async ({ playground, page, mock }) => {
  mock.configure({
    reply: () => ({
      reasoning: 'Birds first.',
      text: 'A gull,\na tern.',
      toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }],
    }),
  })
  await openFromChat(playground)
  await tab(page, 'Output').click()
  await expect(details(page).getByRole('region', { name: 'Text of the output' })).toHaveText('A gull,\na tern.')
  await expect(details(page).getByRole('region', { name: 'Reasoning of the output' })).toHaveText('Birds first.')
  await expect(details(page).getByRole('region', { name: 'Tool calls' })).toContainText('weather({"city":"Oslo"})')
  await expect(details(page).getByRole('region', { name: 'Usage' })).toContainText('completion tokens')
  await expectAccessible(playground)
  await expectToFit(playground, 'inspector-output')
  expect(mock.calls.some(({ headers }) => JSON.stringify(headers).includes('playground-label'))).toBe(false)
})

test('sends a request again', async ({ playground, page, mock }) => {
  await openFromChat(playground)
  await details(page).getByRole('button', { name: 'Send again' }).click()
  await expect.poll(() => posted(mock).length).toBe(2)
  expect(posted(mock)[1]!.body).toEqual(posted(mock)[0]!.body)
  await expect(details(page)).toContainText('200')
  await expect(rows(page).first()).toHaveAttribute('aria-current', 'true')
})

test('sends an edited request', async ({ playground, page }) => {
  await openFromChat(playground)
  await details(page).getByRole('button', { name: 'Edit and send' }).click()
  const body = page.getByRole('dialog').locator('.cm-content')
  await body.fill('{ "model": "acme/tern-4b", ')
  await expect(page.getByRole('dialog')).toContainText('Not valid JSON. The text is sent unchanged.')
  await body.fill('{ "model": "acme/tern-4b", "messages": [{ "role": "user", "content": "echo: edited" }] }')
  await expectAccessible(playground)
  await expectToFit(playground, 'inspector-edit')
  await page.getByRole('dialog').getByRole('button', { name: 'Send' }).click()
  await tab(page, 'Output').click()
  await expect(details(page).getByRole('region', { name: 'Text of the output' })).toHaveText('edited')
})

test('stops a request that was sent again', async ({ playground, page, mock }) => {
  await openFromChat(playground)
  mock.inject({ name: 'stall', afterEvents: 2 })
  await details(page).getByRole('button', { name: 'Send again' }).click()
  await details(page).getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(details(page)).toContainText('aborted')
})

test('lists a request on one line, with its place in time, and exports HAR', async ({ playground, page }) => {
  await openFromChat(playground)
  const row = rows(page).first()
  expect(await row.evaluate((element) => element.getBoundingClientRect().height)).toBeLessThan(48)
  await expect(row.locator('.waterfall rect')).toHaveAttribute('width', /^\d/)
  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export HAR' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toBe('requests.har')
  const { log } = JSON.parse(await readFile(await download.path(), 'utf8'))
  expect(log.version).toBe('1.2')
  const entry = log.entries.find(({ request }: { request: { method: string } }) => request.method === 'POST')
  expect(entry.request.url).toContain('/v1/chat/completions')
  expect(JSON.parse(entry.request.postData.text).model).toBe('acme/tern-4b')
  expect(entry.response.status).toBe(200)
  expect(entry.response.content.text).toContain('data: [DONE]')
  expect(entry.time).toBeCloseTo(entry.timings.wait + entry.timings.receive, 5)
})

test('keeps only the visible rows of twenty thousand events in the page', async ({ playground, page }) => {
  await playground.mocked('faults')
  await page.getByLabel('Fault', { exact: true }).selectOption('raw')
  await page.getByLabel('Call').selectOption('stream')
  await page.getByLabel('Body', { exact: true }).fill(manyEvents(20_000))
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByText('Succeeded on the first attempt.')).toBeVisible()
  await page.getByRole('region', { name: 'Requests made' }).getByRole('link').click()
  await expect(details(page).getByText('20,002 events', { exact: true })).toBeVisible()
  const options = events(page).getByRole('option')
  expect(await options.count()).toBeLessThan(40)
  await events(page).hover()
  for (let step = 0; step < 20; step++) await page.mouse.wheel(0, 40_000)
  expect(await options.count()).toBeLessThan(40)
  await events(page).focus()
  await page.keyboard.press('End')
  await expect(events(page).getByRole('option', { selected: true })).toContainText('[DONE]')
  await details(page).getByLabel('Filter events').fill('finish')
  await expect(details(page).getByText('1 of 20,002 events')).toBeVisible()
})

test('is accessible and fits at every width', async ({ playground, page }) => {
  await playground.mocked('faults')
  await page.getByRole('button', { name: /^Server stopped/ }).click()
  await expect(page.getByText('The library threw an error.')).toBeVisible()
  await page.getByRole('button', { name: /^Temporarily busy/ }).click()
  await expect(page.getByText('Recovered after 2 retries.')).toBeVisible()
  await playground.open('inspector')
  await expect(rows(page).first()).toBeVisible()
  await expectAccessible(playground)
  await expectToFit(playground, 'inspector')
  await rows(page).first().click()
  await tab(page, 'Code').click()
  await expect(details(page).getByRole('region', { name: 'Node code' }).locator('.hljs-keyword').first()).toBeVisible()
  await expectAccessible(playground)
  await expectToFit(playground, 'inspector-code')
})
