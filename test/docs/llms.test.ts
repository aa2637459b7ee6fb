import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const script = (name: string): Promise<Record<string, (...values: unknown[]) => unknown>> =>
  import(new URL(`../../scripts/docs/${name}`, import.meta.url).href)
const { llmsFull, llmsIndex } = await script('llms.mjs')
const { readPages } = await script('pages.mjs')

const root = fileURLToPath(new URL('../../', import.meta.url))
const readme = readFileSync(`${root}README.md`, 'utf8')
const pages = readPages!(root) as { path: string; title: string; text: string }[]

it('llms.txt names the package, and lists the guide first and every page once', () => {
  const index = llmsIndex!(readme, pages) as string
  expect(index).toMatch(/^# lmstudio-provider\n\n> Talk to LM Studio from a web page, .+\n\n/)
  const links = [...index.matchAll(/^- \[(.+?)\]\((.+?)\)(?:: (.+))?$/gm)].map(([, title, path, about]) => [
    title,
    path,
    about,
  ])
  expect(links).toHaveLength(pages.length)
  expect(links[0]?.slice(0, 2)).toEqual(['Guide', 'docs/guide.md'])
  expect(links).toContainEqual(['Moving from openai', 'docs/migrate-from-openai.md', 'A chat, A stream, Tools, Errors'])
  expect(links.filter(([, path]) => !existsSync(`${root}${path}`))).toEqual([])
})

it('llms-full.txt holds the README and the text of every page', () => {
  const full = llmsFull!(readme, pages) as string
  expect(full).toContain(readme.trim())
  expect(pages.filter(({ text }) => !full.includes(text.trim())).map(({ path }) => path)).toEqual([])
})
