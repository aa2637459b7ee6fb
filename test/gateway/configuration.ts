import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Whether a program can be run: nginx and HAProxy print their version with `-v`. */
export function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['-v'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Reads a configuration from a page in docs/ and replaces texts in it, each of which must occur. */
export function configurationOf(page: string, file: string, replacements: Readonly<Record<string, string>>): string {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')
  const start = `file=${file}\n`
  const from = text.indexOf(start)
  if (from < 0) throw new Error(`docs/${page} does not contain ${file}.`)
  const found = text.slice(from + start.length, text.indexOf('\n```', from) + 1)
  return Object.entries(replacements).reduce((changed, [old, replacement]) => {
    if (!changed.includes(old)) throw new Error(`${file} in docs/${page} does not contain: ${old}`)
    return changed.replaceAll(old, replacement)
  }, found)
}
