// @ts-check
// The documentation for coding assistants, in the form of https://llmstxt.org.

/** @typedef {ReturnType<typeof import('./pages.mjs').readPages>[number]} Page */

/**
 * A list of the pages with their topics.
 * @param {string} readme
 * @param {readonly Page[]} pages
 */
export function llmsIndex(readme, pages) {
  const [, title, summary = ''] = /^# (.+)\n\n([^]*?)\n\n/.exec(readme) ?? []
  const lines = pages.map(({ path, title, text }) => `- [${title}](${path})${topicsOf(text)}`)
  return `# ${title}\n\n> ${plain(summary)}\n\nAll pages in one file: [llms-full.txt](llms-full.txt)\n\n## Docs\n\n${lines.join('\n')}\n`
}

/**
 * The README and all pages, one after the other.
 * @param {string} readme
 * @param {readonly Page[]} pages
 */
export function llmsFull(readme, pages) {
  const parts = [{ path: 'README.md', text: readme }, ...pages]
  return parts.map(({ path, text }) => `<!-- ${path} -->\n\n${text.trim()}\n`).join('\n')
}

/**
 * The headings of the chapters, outside of code, after a colon; nothing for a page without chapters.
 * @param {string} markdown
 */
function topicsOf(markdown) {
  const prose = markdown.replaceAll(/^```.*?^```$/gms, '')
  const headings = Array.from(prose.matchAll(/^## (.+)$/gm), ([, heading = '']) => plain(heading))
  return headings.length > 0 ? `: ${headings.join(', ')}` : ''
}

/**
 * One line, and of links only their texts.
 * @param {string} markdown
 */
function plain(markdown) {
  return markdown.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll('\n', ' ')
}
