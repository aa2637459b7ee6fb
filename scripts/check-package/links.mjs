// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/**
 * Checks that the links between the documents of the installed package lead to files of the package.
 * @param {string} installed
 */
export function checkLinks(installed) {
  const pages = [
    'README.md',
    'CHANGELOG.md',
    'SECURITY.md',
    ...readdirSync(join(installed, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.md'))
      .map((path) => join('docs', path)),
  ]
  let links = 0
  for (const page of pages) {
    for (const target of relativeLinks(readFileSync(join(installed, page), 'utf8'))) {
      links++
      const path = join(installed, dirname(page), target)
      if (!existsSync(path))
        throw new Error(`${page} links to ${relative(installed, path)}, which is not in the package`)
    }
  }
  console.log(`documents: ${pages.length} pages, ${links} links between files`)
}

/**
 * The targets of the relative links of a page, without fragments.
 * @param {string} markdown
 */
function relativeLinks(markdown) {
  const prose = markdown.replaceAll(/^```.*?^```$/gms, '')
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return targets.filter((target) => !/^(?:[a-z]+:|#)/i.test(target)).map((target) => target.replace(/#.*$/, ''))
}
