import { readFileSync } from 'node:fs'
import * as library from 'lmstudio-provider'
import { startMockLMStudio } from 'lmstudio-provider/testing/node'
import { expect, it } from 'vitest'

const guide = readFileSync(new URL('../../docs/guide.md', import.meta.url), 'utf8')
const snippets = [...guide.matchAll(/^## (.+?)\n(?:(?!^## ).)*?^```js run\n(.*?)^```$/gms)].map(
  ([, heading, code]) => [heading!, code!] as const,
)

// One pixel.
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

it('every chapter but the one on the mock has a snippet that runs', () => {
  const chapters = [...guide.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
  expect(snippets.map(([heading]) => heading)).toEqual(chapters.slice(0, -1))
})

it.each(snippets)('the snippet of “%s” runs as it is written', async (_, code) => {
  await using mock = await startMockLMStudio()
  const shown: string[] = []
  const given = {
    lmstudio: library.createLMStudio({ endpoint: mock.url }),
    createLMStudio: library.createLMStudio,
    discover: library.discover,
    diagnose: library.diagnose,
    model: 'acme/tern-4b',
    endpoint: mock.url,
    image: `data:image/png;base64,${PNG}`,
    show: (text: string) => void shown.push(text),
  }
  const AsyncFunction = (async () => {}).constructor as new (
    ...words: string[]
  ) => (...values: unknown[]) => Promise<void>
  await new AsyncFunction(...Object.keys(given), code)(...Object.values(given))
  expect(mock.calls.length).toBeGreaterThan(0)
  expect(mock.calls.every(({ status }) => status === 200)).toBe(true)
  if (code.includes('show(')) expect(shown.join('')).not.toBe('')
})
