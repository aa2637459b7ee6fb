import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { DEFAULTS } from '../../src/config/defaults.js'
import * as errors from '../../src/errors/index.js'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const readme = read('README.md')
const documents = ['README.md', 'CONTRIBUTING.md', 'docs/errors.md', 'docs/lm-studio.md']

const quotes = [...readme.matchAll(/^```\w+ file=(\S+)\n(.*?)^```$/gms)].map(([, path, text]) => ({
  path: path!,
  text: text!,
}))

it.each(quotes)('the README quotes $path as it is', ({ path, text }) => {
  expect(text.trimEnd()).toBe(read(path).trimEnd())
})

it('the README quotes the page and the Node example', () => {
  expect(quotes.map(({ path }) => path)).toEqual([
    'playground/examples/page-chat.html',
    'playground/examples/node-chat.mjs',
  ])
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

it.each(documents)('every link of %s to a file of the repository leads to one', (document) => {
  const folder = new URL(document, root)
  const links = [...read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link!)
  expect(links.filter((link) => !existsSync(new URL(link, folder)))).toEqual([])
})
