import { readFileSync } from 'node:fs'
import * as library from 'lmstudio-provider'
import { startMockLMStudio } from 'lmstudio-provider/testing/node'
import { expect, it, vi } from 'vitest'
import { runSnippet } from './run-snippet.js'

const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
const code = [...page.matchAll(/^```js run\n([^]*?)^```$/gm)].map(([, snippet]) => snippet).join('')

const ports: MessagePort[] = []
class ClosableChannel extends MessageChannel {
  constructor() {
    super()
    ports.push(this.port1)
  }
}

it.each([
  ['context-overflow', 'This chat is too long. Start a new one.'],
  [{ name: 'cut', afterEvents: 0 }, 'The answer is incomplete.'],
  ['status-429', 'The model is busy. Try again in a moment.'],
  ['template-error', 'Let user and assistant messages alternate'],
] as const)('the snippets of docs/errors.md give advice for %j, here and through a port', async (fault, advice) => {
  await using mock = await startMockLMStudio()
  const shown: string[] = []
  mock.inject(fault, { times: 2, path: '/v1/chat/completions' })
  await runSnippet(code, {
    ...library,
    MessageChannel: ClosableChannel,
    lmstudio: library.createLMStudio({ endpoint: mock.url, maxRetries: 0 }),
    model: 'acme/tern-4b',
    show: (text: string) => void shown.push(text),
  })
  await vi.waitFor(() => expect(shown).toHaveLength(2))
  ports.splice(0).forEach((port) => port.close())
  for (const text of shown) expect(text).toContain(advice)
})
