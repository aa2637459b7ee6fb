import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PAGE_WORDING, rewordForPage } from '../../playground/src/lib/page-wording.js'

const folder = new URL('../../src/', import.meta.url)
const librarySource = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(new URL(file, folder), 'utf8'))
  .join('\n')

test.each(PAGE_WORDING)('rewords a text that the library uses: %s', (libraryText) => {
  // Not toContain: it would print the whole source.
  expect(librarySource.includes(libraryText)).toBe(true)
})

test('rewords hints for the form fields of the page', () => {
  expect(rewordForPage('Set `allowRemote: true` if prompts may leave your network.')).toBe(
    'Select “Allow endpoints outside this network” if prompts may leave your network.',
  )
})

test('removes the second of two full stops after a quoted message', () => {
  expect(rewordForPage('The server failed: “No memory.”. Try again.')).toBe(
    'The server failed: “No memory.” Try again.',
  )
  expect(rewordForPage('It failed: no memory..')).toBe('It failed: no memory.')
  expect(rewordForPage('Wait… or use `...`.')).toBe('Wait… or use `...`.')
})

test('does not point at a place on the page', () => {
  for (const [, text] of PAGE_WORDING) expect(text).not.toMatch(/\b(above|below)\b/)
})
