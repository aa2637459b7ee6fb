import { readFileSync } from 'node:fs'
import * as library from 'lmstudio-provider'
import { createMockLMStudio } from 'lmstudio-provider/testing'
import { expect, it } from 'vitest'
import { runSnippet } from './run-snippet.js'

const page = readFileSync(new URL('../../docs/testing.md', import.meta.url), 'utf8')
const snippets = [...page.matchAll(/^```js run\n([^]*?)^```$/gm)].map(([, code]) => code!)

// The files of the page, with their frameworks, are run by `npm run examples -- testing`.
it('the snippets of docs/testing.md show what the mock plays', async () => {
  const results: string[] = []
  for (const code of snippets) {
    const shown: string[] = []
    await runSnippet(code, { ...library, createMockLMStudio, show: (text: unknown) => void shown.push(String(text)) })
    results.push(shown.join(' '))
  }
  expect(results).toEqual(['lorem aborted', 'Oban', 'pong', '8', 'You said: Hello after 2 retries'])
})
