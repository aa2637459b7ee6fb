import { readFileSync } from 'node:fs'
import { startMockLMStudio } from 'lmstudio-provider/testing/node'
import { expect, it } from 'vitest'
import * as core from '../../src/core.js'
import { runSnippet } from './run-snippet.js'

const page = readFileSync(new URL('../../docs/core.md', import.meta.url), 'utf8')
const snippets = [...page.matchAll(/^```js run\n(.*?)^```$/gms)].map(([, code]) => code!)

it.each(snippets)('the snippet of docs/core.md runs: %s', async (code) => {
  await using mock = await startMockLMStudio()
  const shown: string[] = []
  await runSnippet(code, { ...core, endpoint: mock.url, show: (text: string) => void shown.push(text) })
  expect(shown.join('')).not.toBe('')
  expect(mock.calls.every(({ status }) => status === 200)).toBe(true)
})

it('docs/core.md lists every function that takes a client', () => {
  const table = page.slice(page.indexOf('| function |'), page.indexOf('The entry also exports'))
  const listed = [...table.matchAll(/^\| (.+?) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
  )
  const rest = [
    ...page
      .slice(page.indexOf('The entry also exports'))
      .split('\n\n')[0]!
      .matchAll(/`(\w+)`/g),
  ].map(([, name]) => name!)
  const caches = ['indexedDBCache', 'memoryCache', 'noCache']
  const functions = Object.keys(core).filter((name) => !name.endsWith('Error'))
  expect([...listed, ...rest, ...caches, 'assemble', 'createClient'].toSorted()).toEqual(functions.toSorted())
})
