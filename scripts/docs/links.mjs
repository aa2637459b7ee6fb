// @ts-check
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Returns the relative links of the HTML files in a folder that lead to no file, or to no element of one.
 * @param {string} folder
 * @returns {{ pages: number, links: number, broken: string[] }}
 */
export function checkSite(folder) {
  const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.html'))
  /** @type {Map<string, Set<string>>} */
  const ids = new Map()
  const idsOf = (/** @type {string} */ path) => {
    const known =
      ids.get(path) ?? new Set([...readFileSync(path, 'utf8').matchAll(/ id="([^"]+)"/g)].map(([, id]) => id ?? ''))
    ids.set(path, known)
    return known
  }
  const base = pathToFileURL(`${folder}/`)
  /** @type {string[]} */
  const broken = []
  let links = 0
  for (const page of pages) {
    const html = readFileSync(join(folder, page), 'utf8')
    for (const [, target = ''] of html.matchAll(/ (?:href|src)="([^"]+)"/g)) {
      if (/^[a-z]+:/i.test(target)) continue
      links++
      const url = new URL(target.replaceAll('&amp;', '&'), new URL(page, base))
      const path = decodeURIComponent(url.pathname)
      const isFile = existsSync(path) && statSync(path).isFile()
      const anchor = decodeURIComponent(url.hash.slice(1))
      if (!isFile || (anchor !== '' && path.endsWith('.html') && !idsOf(path).has(anchor)))
        broken.push(`${page}: ${target}`)
    }
  }
  return { pages: pages.length, links, broken }
}
