import { readFileSync, readdirSync } from 'node:fs'
import * as ai from 'ai'
import * as library from 'lmstudio-provider'
import * as aiSDK from 'lmstudio-provider/ai-sdk'
import { startMockLMStudio } from 'lmstudio-provider/testing/node'
import OpenAI from 'openai'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { fetchWithoutDefaultPort } from '../helpers/default-port.js'
import { runSnippet } from './run-snippet.js'

const docs = new URL('../../docs/', import.meta.url)
/** The guide, its pages in docs/guide/, and the pages beside it that have snippets of the same kind. */
const pages = [
  'guide.md',
  ...readdirSync(new URL('guide/', docs)).map((name) => `guide/${name}`),
  ...readdirSync(docs).filter((name) => name.startsWith('migrate-from-')),
]
const texts = pages.map((page) => [page, readFileSync(new URL(page, docs), 'utf8')] as const)
const snippets = texts.flatMap(([page, text]) =>
  [...text.matchAll(/^## (.+?)\n((?:(?!^## )[^])*)/gm)].flatMap(([, heading, chapter]) =>
    [...chapter!.matchAll(/^```js run\n([^]*?)^```$/gm)].map(([, code]) => [page, heading!, code!] as const),
  ),
)

/** What the guide says to put above a snippet. */
const setup = /^```js setup\n([^]*?)^```$/m.exec(readFileSync(new URL('guide.md', docs), 'utf8'))![1]!
/** The exports of this package with these names. */
const pick = (names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(library).filter(([name]) => names.includes(name)))
const imported = pick([...setup.matchAll(/^ {2}(\w+),$/gm)].map(([, name]) => name!))
const image = /data:image[^']+/.exec(setup)![0]

/** What the snippet imports from this package itself. */
const ownImports = (code: string): Record<string, unknown> =>
  pick([...code.matchAll(/^import \{ (.+) \} from 'lmstudio-provider'$/gm)].flatMap(([, names]) => names!.split(', ')))

it('every chapter of the guide has a snippet that runs here, except tables, the list of pages and what needs a framework', () => {
  const chapters = texts.flatMap(([page, text]) =>
    [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => `${page}: ${heading}`),
  )
  const withSnippet = new Set(snippets.map(([page, heading]) => `${page}: ${heading}`))
  expect(chapters.filter((chapter) => !withSnippet.has(chapter))).toEqual([
    'guide.md: More pages',
    // `npm run examples` runs these two pages.
    'guide/dev-proxies.md: The page',
    'guide/dev-proxies.md: Vite',
    'guide/dev-proxies.md: Next.js',
    'guide/dev-proxies.md: webpack-dev-server',
    'guide/react-vue-svelte.md: A function that streams',
    'guide/react-vue-svelte.md: React',
    'guide/react-vue-svelte.md: Vue',
    'guide/react-vue-svelte.md: Svelte',
  ])
})

/** What a snippet calls or refers to as a class, without what belongs to an object. */
const usedNames = (code: string): string[] => [
  ...new Set([...code.matchAll(/(?<![.\w'])\b(\w+)(?=\(|\.isInstance\(|\.fromJSON\()/g)].map(([, name]) => name!)),
]

it.each(snippets.filter(([page]) => page !== 'guide/ai-sdk.md'))(
  '%s: the snippet of “%s” imports once what the first lines of the guide do not import',
  (_page, _heading, code) => {
    const given = [
      ...setup.matchAll(/^ {2}(\w+),$/gm),
      ...code.matchAll(/^import (?:\{ )?(.+?)(?: \})? from/gm),
    ].flatMap(([, names]) => names!.split(', '))
    const known = { ...library, OpenAI, z }
    const used = usedNames(code.replaceAll(/^import .*\n|\/\/.*$/gm, '')).filter((name) => Object.hasOwn(known, name))
    expect(given.filter((name, index) => given.indexOf(name) !== index)).toEqual([])
    expect(used.filter((name) => !given.includes(name))).toEqual([])
  },
)

it.each(snippets)('%s: the snippet of “%s” runs', async (page, _heading, code) => {
  await using mock = await startMockLMStudio()
  const shown: string[] = []
  const lmstudio = library.createLMStudio({ endpoint: mock.url })
  await runSnippet(code, {
    ...imported,
    ...ownImports(code),
    OpenAI,
    z,
    discover: (options: library.DiscoverOptions) => library.discover({ fetch: fetchWithoutDefaultPort, ...options }),
    lmstudio,
    // The server of the application, for the snippet of its page.
    fetch: (_route: string, { body, signal }: { body: string; signal: AbortSignal }) =>
      lmstudio.stream(JSON.parse(body) as library.CompletionRequest, { signal }).toResponse(),
    ...(page === 'guide/ai-sdk.md' ? { ...ai, ...aiSDK, lmstudio: aiSDK.createLMStudio({ endpoint: mock.url }) } : {}),
    model: 'acme/tern-4b',
    endpoint: mock.url,
    image,
    show: (text: unknown) => void shown.push(String(text)),
  })
  expect(mock.calls.length).toBeGreaterThan(0)
  expect(mock.calls.every(({ status }) => status === 200)).toBe(true)
  if (code.includes('show(')) expect(shown.join('')).not.toBe('')
})
