import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const page = readFileSync(join(root, 'docs/http-api.md'), 'utf8')
const sections = new Set([...page.matchAll(/^##+ (\d+(?:\.\d+)?)\.? /gm)].map(([, section]) => section!))

function citations(): string[] {
  return ['src', 'test', 'e2e', 'playground/src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .flatMap((file) =>
        [...readFileSync(join(root, folder, file), 'utf8').matchAll(/docs\/http-api\.md (\d+(?:\.\d+)?)/g)].map(
          ([, section]) => `${folder}/${file} cites ${section}`,
        ),
      ),
  )
}

test('the HTTP reference has its sections, each once', () => {
  const numbers = [...page.matchAll(/^## (\d+)\. /gm)].map(([, number]) => Number(number))
  expect(numbers).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
  expect(sections.size).toBe(16 + 8 + 4 + 5 + 3 + 2 + 7 + 4 + 7 + 5)
})

test('every section of the HTTP reference that a comment cites exists', () => {
  expect(citations().filter((citation) => !sections.has(citation.split(' cites ')[1]!))).toEqual([])
})
