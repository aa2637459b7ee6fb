import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { createLMStudio, type LMStudioOptions } from 'lmstudio-provider'
import { startMockLMStudio, type MockLMStudioServer } from 'lmstudio-provider/testing/node'
import { expect, it } from 'vitest'
import { DEFAULTS } from '../../src/config/defaults.js'
import * as errors from '../../src/errors/index.js'
import { runSnippet } from './run-snippet.js'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const readme = read('README.md')

const documents = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'bench/README.md',
  'test/fixtures/README.md',
  ...readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path}`),
]

const quotes = [...readme.matchAll(/^```\w+ file=(\S+)\n(.*?)^```$/gms)].map(([, path, text]) => ({
  path: path!,
  text: text!,
}))

it.each(quotes)('the README quotes $path without changes', ({ path, text }) => {
  expect(text.trimEnd()).toBe(read(path).trimEnd())
})

it('the README quotes the page and the route handler', () => {
  expect(quotes.map(({ path }) => path)).toEqual(['playground/examples/page-ask.html', 'test/docs/route-handler.ts'])
})

it('the README stays short', () => {
  expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(200)
})

const snippets = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code!)

/** Runs a snippet of the README with a provider for the mock, and returns what it prints. */
async function printed(code: string | undefined, mock: MockLMStudioServer): Promise<string> {
  const written: unknown[] = []
  const write = (...texts: unknown[]): void => void written.push(...texts)
  await runSnippet(code!, {
    createLMStudio: (options: LMStudioOptions = {}) => createLMStudio({ ...options, endpoint: mock.url }),
    createMockLMStudio: () => mock,
    console: { log: write },
    process: { stdout: { write } },
  })
  return written.join('')
}

it('the quick start of the README asks the loaded model', async () => {
  await using mock = await startMockLMStudio()
  expect(await printed(snippets[0], mock)).toBe('You said: Why is the sea salty?')
  expect(mock.calls.map(({ path }) => path)).toEqual(['/api/v1/models', '/v1/chat/completions'])
})

it('the second snippet of the README prints a whole response of the named model', async () => {
  await using mock = await startMockLMStudio()
  expect(await printed(snippets[1], mock)).toMatch(/^You said: Write a haiku\d+$/)
  expect(mock.calls.map(({ body }) => body)).toMatchObject([{ model: 'acme/tern-4b' }])
})

it('the snippet of the README about tests injects a fault', async () => {
  await using mock = await startMockLMStudio()
  expect(snippets).toHaveLength(3)
  await printed(snippets[2], mock)
  const lmstudio = createLMStudio({ endpoint: mock.url })
  await expect(lmstudio.stream({ prompt: 'Hello' }).response).rejects.toMatchObject({ name: 'StreamInterruptedError' })
})

/** Rows of every table, as lists of cells. */
const rows = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )

it('the README gives the defaults of the options that it lists', () => {
  const listed = rows(readme).flatMap(([name = '', value = '']) => {
    const option = name.replaceAll('`', '')
    return Object.hasOwn(DEFAULTS, option) ? [[option, value.replace(/[`\s]/g, '')]] : []
  })
  // `npm run unit` compares docs/configuration.md with all options.
  expect(Object.fromEntries(listed)).toEqual({
    endpoint: 'http://127.0.0.1:1234',
    timeout: '30000',
    generationTimeout: '600000',
    idleTimeout: '120000',
    maxRetries: '3',
    allowRemote: 'false',
  })
  expect(listed.filter(([option, value]) => String(DEFAULTS[option as keyof typeof DEFAULTS]) !== value)).toEqual([])
})

it('the README compares with the figures that `npm run compare` measured', () => {
  const figures = (text: string): string[][] =>
    rows(text).flatMap(([, ...cells]) => (/\d (?:kB|ms)$/.test(cells[0] ?? '') ? [cells] : []))
  expect(figures(readme)).toHaveLength(3)
  expect(figures(readme)).toEqual(figures(read('bench/COMPARISON.md')))
})

it.each(Object.keys(errors).filter((name) => name.endsWith('Error')))(
  'the README or the error guide lists %s',
  (name) => {
    expect(`${readme}${read('docs/errors.md')}`).toContain(`\`${name}\``)
  },
)

/** The anchors that a renderer of Markdown gives the headings of a page. */
const anchorsOf = (text: string): Set<string> =>
  new Set(
    [...text.replace(/^```.*?^```$/gms, '').matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )

it.each(documents)('every link of %s to a file of the repository leads to one, and to a heading', (document) => {
  const place = new URL(document, root)
  const links = [...read(document).matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link]) => link!)
  const broken = links.filter((link) => {
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? place : new URL(path, place)
    if (!existsSync(target)) return true
    return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).has(anchor)
  })
  expect(broken).toEqual([])
})
