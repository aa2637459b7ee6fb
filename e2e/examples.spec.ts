import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { fromRoot } from './setup/paths.js'
import { posted } from './setup/posted.js'
import { expect, test } from './setup/test.js'
import { FAILED_REQUEST } from './setup/watch-console.js'

interface Run {
  readonly child: ChildProcessWithoutNullStreams
  readonly output: () => string
  /** Resolves once this has been printed. */
  printed(text: string | RegExp): Promise<void>
  readonly exitCode: Promise<number | null>
}

/** Runs the Node example the way a person does who has installed the package. */
function runExample(args: readonly string[], environment: Record<string, string> = {}): Run {
  const cwd = fromRoot('e2e/dist/app')
  const child = spawn(process.execPath, ['node-chat.mjs', ...args], { cwd, env: { ...process.env, ...environment } })
  let output = ''
  const watchers = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      for (const watch of watchers) watch()
    })
  }
  return {
    child,
    output: () => output,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const watch = (): void => {
          if (typeof text === 'string' ? output.includes(text) : text.test(output)) resolve()
        }
        watchers.add(watch)
        child.once('close', () => reject(new Error(`ended without it: ${output}`)))
        watch()
      }),
    exitCode: once(child, 'close').then(([code]) => code as number | null),
  }
}

test.describe('the Node example', () => {
  test('answers the prompt of its command line from the mock', async () => {
    const run = runExample(['--mock', 'echo:', 'Good', 'evening.'])
    expect(await run.exitCode).toBe(0)
    expect(run.output()).toBe('Good evening.\n')
  })

  test('reads lines and keeps the conversation', async ({ mock }) => {
    const run = runExample([], { LMSTUDIO_ENDPOINT: mock.url })
    await run.printed('> ')
    run.child.stdin.write('echo: first\n')
    await run.printed('first\n> ')
    run.child.stdin.end('echo: second\n')
    expect(await run.exitCode).toBe(0)
    expect(run.output()).toContain('second\n')
    expect(posted(mock)[1]?.body).toMatchObject({ messages: [{}, { role: 'assistant', content: 'first' }, {}] })
  })

  test('ends the answer, and the request, at Ctrl+C', async ({ mock }) => {
    mock.configure({ reply: () => ({ reasoning: '', deltas: ['one ', 'two ', 'three'] }) })
    mock.inject({ name: 'stall', afterEvents: 2 })
    const run = runExample(['Count.'], { LMSTUDIO_ENDPOINT: mock.url })
    await run.printed('two')
    run.child.kill('SIGINT')
    expect(await run.exitCode).toBe(0)
    expect(run.output()).toBe('one two  … stopped\n')
    expect(await posted(mock)[0]?.finished).toBe('aborted')
  })

  test('says how to start LM Studio where none answers', async ({ mock }) => {
    await mock.close()
    const run = runExample(['Hello.'], { LMSTUDIO_ENDPOINT: mock.url })
    expect(await run.exitCode).toBe(1)
    expect(run.output()).toContain(mock.url)
    expect(run.output()).toContain('lms server start')
  })
})

test.describe('the page example', () => {
  test('lists models and streams an answer', async ({ page, site, mock }) => {
    await page.goto(`${site.url}/examples/page-chat.html?endpoint=${mock.url}`)
    await expect(page.getByLabel('Model').locator('option')).toHaveText(['Tern 4B', 'Heron Base', 'Plover VL'])
    await expect(page.getByLabel('Model')).toHaveValue('acme/tern-4b')
    await page.getByLabel('Message').fill('echo: Good evening.')
    await page.getByRole('button', { name: 'Send' }).click()
    await expect(page.getByRole('status')).toHaveText('Good evening.')
    await expect(page.getByRole('button', { name: 'Stop' })).toBeDisabled()
  })

  test('stops an answer, and the server notices', async ({ page, site, mock }) => {
    mock.configure({ reply: () => ({ reasoning: '', deltas: ['one ', 'two ', 'three'] }) })
    mock.inject({ name: 'stall', afterEvents: 2 })
    await page.goto(`${site.url}/examples/page-chat.html?endpoint=${mock.url}`)
    await page.getByLabel('Message').fill('Count.')
    await page.getByRole('button', { name: 'Send' }).click()
    await expect(page.getByRole('status')).toHaveText('one two')
    await page.getByRole('button', { name: 'Stop' }).click()
    expect(await posted(mock)[0]?.finished).toBe('aborted')
    await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled()
  })

  test.describe('at a server it cannot reach', () => {
    test.use({ mockOptions: { cors: false }, expectedComplaints: [FAILED_REQUEST] })

    test('says why and what to do', async ({ page, site, mock }) => {
      await page.goto(`${site.url}/examples/page-chat.html?endpoint=${mock.url}`)
      await expect(page.getByRole('status')).toContainText('CORS is off in LM Studio')
      await expect(page.getByRole('status')).toContainText('Enable CORS')
    })
  })
})
