// @ts-check
// Builds the documentation into site/: the reference of all exports and the pages of docs/ as HTML (TypeDoc), and llms.txt
// and llms-full.txt for coding assistants. Fails on an export without documentation and on a broken link.
//   npm run docs
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process, { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { checkSite } from './docs/links.mjs'
import { llmsFull, llmsIndex } from './docs/llms.mjs'
import { readPages } from './docs/pages.mjs'
import { install } from './lib/install.mjs'
import { run } from './lib/run.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const own = join(root, 'scripts/docs')
const site = join(root, 'site')

await install(own)
rmSync(site, { recursive: true, force: true })
const pages = readPages(root)
const typedoc = join(own, 'node_modules/typedoc/bin/typedoc')
const documents = pages.flatMap(({ path }) => ['--projectDocuments', join(root, path)])
const code = await run(execPath, [typedoc, '--options', join(own, 'typedoc.json'), ...documents], { cwd: root })
if (code !== 0) process.exit(code)

const readme = readFileSync(join(root, 'README.md'), 'utf8')
writeFileSync(join(site, 'llms.txt'), llmsIndex(readme, pages))
writeFileSync(join(site, 'llms-full.txt'), llmsFull(readme, pages))
// The links of llms.txt lead to Markdown.
for (const { path } of pages) cpSync(join(root, path), join(site, path), { recursive: true })

const { pages: count, links, broken } = checkSite(site)
console.log(
  `${count} HTML pages, ${links} links between them, ${broken.length} broken; ${pages.length} pages in llms.txt`,
)
for (const link of broken) console.error(`broken link: ${link}`)
if (broken.length > 0) process.exitCode = 1
