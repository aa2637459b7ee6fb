import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const views = new URL('../../playground/src/views/', import.meta.url)

/** The classes that start a selector of a style sheet. */
function classesOf(css: string): ReadonlySet<string> {
  const selectors = css.replaceAll(/\/\*[^]*?\*\//g, '').matchAll(/([^{}]+)\{/g)
  const found = [...selectors].flatMap(([, list = '']) => list.split(',').map((one) => /^\s*\.([\w-]+)/.exec(one)?.[1]))
  return new Set(found.filter((name) => name !== undefined))
}

test('no two views style the same class, because the styles of a view stay loaded', () => {
  const owners = new Map<string, string[]>()
  for (const view of readdirSync(views)) {
    const sheets = readdirSync(new URL(`${view}/`, views)).filter((file) => file.endsWith('.css'))
    const css = sheets.map((file) => readFileSync(new URL(`${view}/${file}`, views), 'utf8')).join('\n')
    for (const name of classesOf(css)) owners.set(name, [...(owners.get(name) ?? []), view])
  }
  expect(owners.size).toBeGreaterThan(50)
  expect([...owners].filter(([, by]) => by.length > 1)).toEqual([])
})
