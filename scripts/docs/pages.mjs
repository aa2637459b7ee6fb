// @ts-check
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The pages of the documentation for users, in reading order: the guide, its pages, then everything else. Decision
 * records and the record of the work are for contributors.
 * @param {string} root
 * @returns {{ path: string, title: string, text: string }[]}
 */
export function readPages(root) {
  const guides = readdirSync(join(root, 'docs/guide')).map((name) => `docs/guide/${name}`)
  const others = readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)
  const paths = ['docs/guide.md', ...guides.toSorted(), ...others.toSorted()].filter(
    (path, index, all) =>
      path.endsWith('.md') && path !== 'docs/implementation-record.md' && all.indexOf(path) === index,
  )
  return paths.map((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    return { path, title: titleOf(text), text }
  })
}

/**
 * The text of the first heading.
 * @param {string} markdown
 */
export function titleOf(markdown) {
  const [, title] = /^# (.+)$/m.exec(markdown) ?? []
  if (title === undefined) throw new Error(`No heading in: ${markdown.slice(0, 80)}`)
  return title.replaceAll('`', '')
}
