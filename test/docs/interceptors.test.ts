import { readFileSync } from 'node:fs'
import { createLMStudio, type LMStudioOptions } from 'lmstudio-provider'
import { startMockLMStudio } from 'lmstudio-provider/testing/node'
import { expect, it } from 'vitest'
import { runSnippet } from './run-snippet.js'

const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')
const chapter = page.slice(page.indexOf('## Interceptors'), page.indexOf('## Discovery'))
const [addHeader, timeRequests] = [...chapter.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code!)

/** Runs a snippet that creates a provider, then lists the models with it. */
async function listWith(code: string, url: string): Promise<string[]> {
  const logged: string[] = []
  await runSnippet(`${code}\nawait lmstudio.listModels()`, {
    createLMStudio: (options: LMStudioOptions) => createLMStudio({ endpoint: url, cache: false, ...options }),
    console: { log: (text: string) => void logged.push(text) },
  })
  return logged
}

it('the interceptor of docs/configuration.md adds a header', async () => {
  await using mock = await startMockLMStudio()
  await listWith(addHeader!, mock.url)
  expect(mock.calls[0]?.headers['x-request-id']).toMatch(/^[\da-f-]{36}$/)
})

it('the interceptors of docs/configuration.md time requests', async () => {
  await using mock = await startMockLMStudio()
  const logged = await listWith(timeRequests!, mock.url)
  expect(logged).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/models: 200 after \d+ ms$/)])
})

it('an interceptor that throws ends the call before anything is sent, as docs/configuration.md says', async () => {
  await using mock = await startMockLMStudio()
  const cause = new Error('no id')
  const onRequest = (): void => {
    throw cause
  }
  const call = createLMStudio({ endpoint: mock.url, cache: false, onRequest }).listModels()
  await expect(call).rejects.toMatchObject({ name: 'ConfigurationError', code: 'interceptor-failed' })
  expect(mock.calls).toEqual([])
})

it('interceptors do not see the API token, as docs/configuration.md says', async () => {
  await using mock = await startMockLMStudio()
  const seen: (string | null)[] = []
  const lmstudio = createLMStudio({
    endpoint: mock.url,
    cache: false,
    apiToken: 'canary-token',
    onRequest: ({ options }) => void seen.push(options.headers.get('authorization')),
  })
  await lmstudio.listModels()
  expect(seen).toEqual([null])
  expect(mock.calls[0]?.headers['authorization']).toBe('Bearer canary-token')
})
