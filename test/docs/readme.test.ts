import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { createLMStudio } from 'lmstudio-provider'
import { startMockLMStudio } from 'lmstudio-provider/testing/node'
import { expect, it } from 'vitest'
import { DEFAULTS } from '../../src/config/defaults.js'
import * as core from '../../src/core.js'
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

it('the README quotes the page and the Node example', () => {
  expect(quotes.map(({ path }) => path)).toEqual([
    'playground/examples/page-chat.html',
    'playground/examples/node-chat.mjs',
  ])
})

/** The first snippet that imports from this entry. */
const snippetOf = (entry: string): string =>
  [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code!).find((code) => code.includes(`'${entry}'`))!

it('the quick start of the README runs', async () => {
  await using mock = await startMockLMStudio()
  const written: unknown[] = []
  const write = (text: unknown): void => void written.push(text)
  await runSnippet(snippetOf('lmstudio-provider'), {
    createLMStudio: () => createLMStudio({ endpoint: mock.url }),
    console: { log: write },
    process: { stdout: { write } },
  })
  expect(written.join('')).toBe('You said: Why is the sea salty?')
  expect(mock.calls.map(({ path }) => path)).toEqual(['/api/v1/models', '/v1/chat/completions'])
})

it('the snippet of the README with functions runs', async () => {
  await using mock = await startMockLMStudio()
  const written: unknown[] = []
  await runSnippet(snippetOf('lmstudio-provider/core'), {
    ...core,
    createClient: () => core.createClient({ endpoint: mock.url }),
    console: { log: (text: unknown) => void written.push(text) },
  })
  expect(written.join('')).not.toBe('')
  expect(mock.calls.map(({ path }) => path)).toEqual(['/api/v1/models', '/v1/chat/completions'])
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

it.each(Object.entries(DEFAULTS))('the README gives the default of %s', (option, value) => {
  const row = rows(readme).find(([name]) => name === `\`${option}\``)
  expect(row?.[1]?.replace(/[`\s]/g, '')).toBe(String(value))
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
