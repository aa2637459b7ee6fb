import { existsSync, readdirSync, readFileSync } from 'node:fs'
import * as library from 'lmstudio-provider'
import { startMockLMStudio } from 'lmstudio-provider/testing/node'
import { expect, it } from 'vitest'

const docs = new URL('../../docs/', import.meta.url)
function chapterPages(): string[] {
  const folder = new URL('guide/', docs)
  return existsSync(folder) ? readdirSync(folder).map((name) => `guide/${name}`) : []
}
/** The guide, and the chapters that have a page of their own in docs/guide/. */
const pages = ['guide.md', ...chapterPages()]
const texts = pages.map((page) => [page, readFileSync(new URL(page, docs), 'utf8')] as const)
const snippets = texts.flatMap(([page, text]) =>
  [...text.matchAll(/^## (.+?)\n((?:(?!^## )[^])*)/gm)].flatMap(([, heading, chapter]) =>
    [...chapter!.matchAll(/^```js run\n([^]*?)^```$/gm)].map(([, code]) => [page, heading!, code!] as const),
  ),
)

// One pixel.
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

it('every chapter but the one on the mock has a snippet that runs', () => {
  const chapters = texts.flatMap(([page, text]) =>
    [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => `${page}: ${heading}`),
  )
  const shown = new Set(snippets.map(([page, heading]) => `${page}: ${heading}`))
  expect(chapters.filter((chapter) => !shown.has(chapter))).toEqual(['guide.md: The mock'])
})

it.each(snippets)('%s: the snippet of “%s” runs as it is written', async (_page, _heading, code) => {
  await using mock = await startMockLMStudio()
  const shown: string[] = []
  const given = {
    ...library,
    lmstudio: library.createLMStudio({ endpoint: mock.url }),
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
