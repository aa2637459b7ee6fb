// @ts-check
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { version } from 'node:process'
import { fileURLToPath } from 'node:url'

/**
 * What a module of scripts/reliability/ exports. `short` runs fewer cases.
 * @typedef {{ run(options: { short: boolean }): Promise<PartResult> }} Part
 */

/**
 * What a part found. `summary` has sentences for docs/reliability.md, `failures` one line for each thing that must not
 * happen: a part with failures makes the command fail. `figures` has the measured values by name, with their unit.
 * @typedef {object} PartResult
 * @property {string} title
 * @property {string[]} summary
 * @property {Table[]} [tables]
 * @property {Record<string, string | number>} figures
 * @property {string[]} failures
 */

/** @typedef {{ caption?: string, columns: string[], rows: (string | number)[][] }} Table */
/** @typedef {{ date: string, commit: string, node: string, machine: string }} Conditions */
/** @typedef {PartResult & Conditions & { command: string, seconds: number }} SavedResult */

/** The parts, in the order of docs/reliability.md. */
export const PARTS = ['matrix', 'fuzz', 'soak', 'crowd', 'balancers', 'storage', 'mutation']

/** In node_modules, so that git and other tools ignore the results. */
const folder = fileURLToPath(new URL('../../node_modules/.cache/lmstudio-provider/reliability/', import.meta.url))

/**
 * When, on what and under which load a part starts.
 * @returns {Conditions}
 */
export function conditions() {
  const git = (/** @type {string[]} */ ...args) => execFileSync('git', args, { encoding: 'utf8' }).trim()
  const isChanged = git('status', '--porcelain', '--untracked-files=no', '--', 'src', 'test', 'scripts') !== ''
  const load = loadavg()[0] ?? 0
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: `${git('rev-parse', '--short=8', 'HEAD')}${isChanged ? ' with changes' : ''}`,
    node: version,
    machine: `${cpus().length} cores, load ${load.toFixed(1)} at the start`,
  }
}

/**
 * @param {string} name
 * @param {SavedResult} result
 */
export function saveResult(name, result) {
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}${name}.json`, JSON.stringify(result, null, 2))
}

/**
 * The saved results of the parts that were run in this checkout.
 * @returns {Map<string, SavedResult>}
 */
export function readResults() {
  return new Map(
    PARTS.flatMap((name) => {
      try {
        return [[name, JSON.parse(readFileSync(`${folder}${name}.json`, 'utf8'))]]
      } catch {
        return []
      }
    }),
  )
}

/**
 * Returns the page. A part without a result keeps its section of the page as it was.
 * @param {ReadonlyMap<string, SavedResult>} results
 * @param {string} before
 */
export function toMarkdown(results, before) {
  const written = new Map(
    before.split(/^(?=## )/m).map((section) => [/^`npm run reliability -- (\w+)/m.exec(section)?.[1], section.trim()]),
  )
  const sections = PARTS.flatMap((name) => {
    const result = results.get(name)
    return result === undefined ? (written.get(name) ?? []) : toSection(result)
  })
  return `# Reliability

What the long tests of faults, load and bad input measured. \`npm run reliability\` runs them; \`npm test\` contains a
short form of each. This page is generated: \`npm run reliability -- --write\` writes it from the results of the last
runs.
${sections.map((section) => `\n${section}\n`).join('')}`
}

/** @param {SavedResult} result */
function toSection(result) {
  const { title, summary, tables = [], figures, failures, date, commit, node, machine, command, seconds } = result
  const failed = failures.length === 0 ? [] : ['Failed:', failures.map((line) => `- ${line}`).join('\n')]
  const measured = Object.entries(figures).map(([name, value]) => [name, format(value)])
  return [
    `## ${title}`,
    `\`${command}\`, ${date}, commit ${commit}, Node ${node}, ${machine}, ${seconds} s.`,
    ...failed,
    ...summary,
    ...(measured.length === 0 ? [] : [toTable({ columns: ['figure', 'value'], rows: measured })]),
    ...tables.flatMap((table) => [...(table.caption === undefined ? [] : [table.caption]), toTable(table)]),
  ].join('\n\n')
}

/** @param {Table} table */
function toTable({ columns, rows }) {
  const line = (/** @type {readonly (string | number)[]} */ cells) => `| ${cells.map(format).join(' | ')} |`
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n')
}

/** @param {string | number} value */
function format(value) {
  return typeof value === 'number' ? value.toLocaleString('en-US') : value.replaceAll('|', '\\|')
}
