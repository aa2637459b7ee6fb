import type { Page } from '@playwright/test'
import { exampleRunner } from './setup/example-runner.js'
import { posted } from './setup/posted.js'
import { expect, test } from './setup/test.js'
import { FAILED_REQUEST } from './setup/watch-console.js'

const chat = exampleRunner('node-chat.mjs')

test.describe('node-chat.mjs', () => {
  test('prints the response to the prompt on its command line', async () => {
    await using example = chat(['--mock', 'echo:', 'Good', 'evening.'])
    expect(await example.exitCode).toBe(0)
    expect(example.output()).toBe('Good evening.\n')
  })

  test('reads prompts from standard input and sends the conversation with each', async ({ mock }) => {
    await using example = chat([], { LMSTUDIO_ENDPOINT: mock.url })
    await example.printed('> ')
    example.child.stdin.write('echo: first\n')
    await example.printed('first\n> ')
    example.child.stdin.end('echo: second\n')
    expect(await example.exitCode).toBe(0)
    expect(example.output()).toContain('second\n')
    expect(posted(mock)[1]?.body).toMatchObject({ messages: [{}, { role: 'assistant', content: 'first' }, {}] })
  })

  test('stops the response and the request on Ctrl+C', async ({ mock }) => {
    mock.configure({ reply: () => ({ reasoning: '', deltas: ['one ', 'two ', 'three'] }) })
    mock.inject({ name: 'stall', afterEvents: 2 })
    await using example = chat(['Count.'], { LMSTUDIO_ENDPOINT: mock.url })
    await example.printed('two')
    example.child.kill('SIGINT')
    expect(await example.exitCode).toBe(0)
    expect(example.output()).toBe('one two  … stopped\n')
    expect(await posted(mock)[0]?.finished).toBe('aborted')
  })

  test('prints how to start LM Studio when nothing listens', async ({ mock }) => {
    await mock.close()
    await using example = chat(['Hello.'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await example.exitCode).toBe(1)
    expect(example.output()).toContain(mock.url)
    expect(example.output()).toContain('lms server start')
  })

  test('prints each address with what happened there and a hint when discovery finds nothing', async () => {
    test.skip(
      await fetch('http://127.0.0.1:1234').then(
        () => true,
        () => false,
      ),
      'LM Studio runs on this machine',
    )
    await using example = chat(['Hello.'])
    expect(await example.exitCode).toBe(1)
    const [problem, ...rest] = example.output().trim().split('\n')
    expect(problem).toMatch(/^No LM Studio was found at http:\/\/127\.0\.0\.1:1234, /)
    expect(rest).toHaveLength(4)
    // A busy machine may not even refuse a connection in time.
    expect(rest[0]).toMatch(/^- .*http:\/\/127\.0\.0\.1:1234/)
    expect(rest[3]).toContain('lms server start')
  })
})

test.describe('page-ask.html', () => {
  test.beforeEach(async ({ page, mock }) => {
    // The page asks the default address.
    await page.route('http://127.0.0.1:1234/**', (route) =>
      route.continue({ url: route.request().url().replace('http://127.0.0.1:1234', mock.url) }),
    )
  })

  test('sends nothing until the click, and streams the response', async ({ page, site, mock }) => {
    await page.goto(`${site.url}/examples/page-ask.html`)
    await expect(page.getByRole('button', { name: 'Ask' })).toBeVisible()
    expect(mock.calls).toEqual([])
    await page.getByRole('button', { name: 'Ask' }).click()
    await expect(page.getByRole('status')).toHaveText('You said: Why is the sea salty?')
  })

  test.describe('with CORS off', () => {
    test.use({ mockOptions: { cors: false }, expectedComplaints: [FAILED_REQUEST] })

    test('shows the cause and the next step', async ({ page, site }) => {
      await page.goto(`${site.url}/examples/page-ask.html`)
      await page.getByRole('button', { name: 'Ask' }).click()
      await expect(page.getByRole('status')).toContainText('(CORS is off)')
      await expect(page.getByRole('status')).toContainText('Enable CORS')
    })
  })
})

test.describe('page-chat.html', () => {
  const open = async (page: Page, url: string): Promise<void> => {
    await page.goto(url)
    await page.getByRole('button', { name: 'Connect' }).click()
  }

  test('requests nothing before the click, then lists models and streams a response', async ({ page, site, mock }) => {
    await page.goto(`${site.url}/examples/page-chat.html?endpoint=${mock.url}`, { waitUntil: 'networkidle' })
    await expect(page.getByLabel('Message')).toBeHidden()
    expect(mock.calls).toEqual([])
    await page.getByRole('button', { name: 'Connect' }).click()
    await expect(page.getByLabel('Model').locator('option')).toHaveText(['Tern 4B', 'Heron Base', 'Plover VL'])
    await expect(page.getByLabel('Model')).toHaveValue('acme/tern-4b')
    await expect(page.getByRole('button', { name: 'Connect' })).toBeHidden()
    await page.getByLabel('Message').fill('echo: Good evening.')
    await page.getByRole('button', { name: 'Send' }).click()
    await expect(page.getByRole('status')).toHaveText('Good evening.')
    await expect(page.getByRole('button', { name: 'Stop' })).toBeDisabled()
  })

  test('stops a response, and the server sees the request end', async ({ page, site, mock }) => {
    mock.configure({ reply: () => ({ reasoning: '', deltas: ['one ', 'two ', 'three'] }) })
    mock.inject({ name: 'stall', afterEvents: 2 })
    await open(page, `${site.url}/examples/page-chat.html?endpoint=${mock.url}`)
    await page.getByLabel('Message').fill('Count.')
    await page.getByRole('button', { name: 'Send' }).click()
    await expect(page.getByRole('status')).toHaveText('one two')
    await page.getByRole('button', { name: 'Stop' }).click()
    expect(await posted(mock)[0]?.finished).toBe('aborted')
    await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled()
  })

  test('says that there is no chat model and sends nothing', async ({ page, site, mock }) => {
    mock.configure({ models: [] })
    await open(page, `${site.url}/examples/page-chat.html?endpoint=${mock.url}`)
    await expect(page.getByRole('status')).toContainText('No chat model found')
    await expect(page.getByLabel('Message')).toBeHidden()
    await expect(page.getByRole('button', { name: 'Connect' })).toBeEnabled()
    expect(posted(mock)).toEqual([])
  })

  test('shows why an endpoint is invalid', async ({ page, site }) => {
    await open(page, `${site.url}/examples/page-chat.html?endpoint=ws://127.0.0.1:1234`)
    await expect(page.getByRole('status')).toContainText('has the scheme `ws:`')
    await expect(page.getByRole('status')).toContainText('Write http://127.0.0.1:1234')
    await expect(page.getByLabel('Message')).toBeHidden()
  })

  test.describe('with CORS off', () => {
    test.use({ mockOptions: { cors: false }, expectedComplaints: [FAILED_REQUEST] })

    test('shows the cause and the next step, and connects once CORS is on', async ({ page, site, mock }) => {
      await open(page, `${site.url}/examples/page-chat.html?endpoint=${mock.url}`)
      await expect(page.getByRole('status')).toContainText('(CORS is off)')
      await expect(page.getByRole('status')).toContainText('Enable CORS')
      mock.configure({ cors: true })
      await page.getByRole('button', { name: 'Connect' }).click()
      await expect(page.getByLabel('Model')).toHaveValue('acme/tern-4b')
    })
  })
})
