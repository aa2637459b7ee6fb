import highlighter from 'highlight.js/lib/core'
import bash from 'highlight.js/lib/languages/bash'
import css from 'highlight.js/lib/languages/css'
import javascript from 'highlight.js/lib/languages/javascript'
import json from 'highlight.js/lib/languages/json'
import markdown from 'highlight.js/lib/languages/markdown'
import python from 'highlight.js/lib/languages/python'
import sql from 'highlight.js/lib/languages/sql'
import typescript from 'highlight.js/lib/languages/typescript'
import xml from 'highlight.js/lib/languages/xml'

const LANGUAGES = { bash, css, javascript, json, markdown, python, sql, typescript, xml }

for (const [name, language] of Object.entries(LANGUAGES)) highlighter.registerLanguage(name, language)

/** Highlights code as HTML with the code escaped. Returns `undefined` for an unknown language. */
export function highlight(code: string, language: string): string | undefined {
  if (highlighter.getLanguage(language) === undefined) return undefined
  return highlighter.highlight(code, { language, ignoreIllegals: true }).value
}
