// Builds the library, measures it next to its peers and writes RESULTS.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { buildLibrary } from './lib/build-library.js'
import { startServer } from './lib/processes.js'
import { failure, verdict } from './lib/report.js'
import { measureCalls } from './sections/calls.js'
import { measureGrowth } from './sections/growth.js'
import { measureMemory } from './sections/memory.js'
import { measureSizes } from './sections/size.js'
import { measureImports } from './sections/start.js'
import { measureStreaming } from './sections/streaming.js'

const KIB = 1024

/** How much is measured. A full run takes about ten minutes, a quick one about two. */
const PLANS = {
  full: {
    chunks: 100_000,
    rounds: 25,
    peerEvery: 6,
    heapRuns: 3,
    imports: 21,
    callsPerRound: 500,
    callRounds: 15,
    firstPerRound: 50,
    firstRounds: 10,
    growth: [10_000, 100_000, 1_000_000],
    growthRounds: 2,
    toolArguments: [10_000, 100_000, 1_000_000],
    toolCalls: [1_000, 10_000, 100_000],
    lines: [KIB * KIB, 8 * KIB * KIB],
  },
  quick: {
    chunks: 40_000,
    rounds: 11,
    peerEvery: 10,
    heapRuns: 1,
    imports: 7,
    callsPerRound: 200,
    callRounds: 5,
    firstPerRound: 20,
    firstRounds: 4,
    growth: [10_000, 100_000],
    growthRounds: 2,
    toolArguments: [10_000, 100_000],
    toolCalls: [1_000, 10_000],
    lines: [KIB * KIB, 8 * KIB * KIB],
  },
}

const SECTIONS = {
  streaming: measureStreaming,
  memory: measureMemory,
  import: measureImports,
  size: measureSizes,
  calls: measureCalls,
  growth: measureGrowth,
}

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
})
const mode = options.quick ? 'quick' : 'full'
const chosen = options.only === undefined ? Object.keys(SECTIONS) : options.only.split(',')
const unknown = chosen.find((name) => !(name in SECTIONS))
if (unknown !== undefined) {
  console.error(`Unknown section “${unknown}”. Known sections: ${Object.keys(SECTIONS).join(', ')}.`)
  process.exit(2)
}

const started = performance.now()
const library = buildLibrary()
console.log(`Built lmstudio-provider from ${library.revision}.`)
const server = await startServer()
const texts = []
const budgets = []
try {
  for (const name of chosen) {
    const start = performance.now()
    process.stdout.write(`${name} …`)
    try {
      const section = await SECTIONS[name]({ server, library: library.folder, plan: PLANS[mode] })
      texts.push(section.text)
      budgets.push(...section.budgets)
    } catch (error) {
      texts.push(`## ${name}\n\n${failure(error.stack ?? error)}`)
      process.exitCode = 1
    }
    console.log(` ${((performance.now() - start) / 1000).toFixed(0)} s`)
  }
} finally {
  server.close()
}

const versions = Object.keys(JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')).devDependencies)
  .map((name) => {
    const { version } = JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8'))
    return `${name} ${version}`
  })
  .join(', ')
const flags = [options.quick ? '--quick' : '', options.only === undefined ? '' : `--only ${options.only}`].filter(
  Boolean,
)
const command = ['npm run bench', ...(flags.length === 0 ? [] : ['--', ...flags])].join(' ')

const report = `# Results

| | |
| --- | --- |
| Date | ${new Date().toISOString().slice(0, 10)} |
| Command | \`cd bench && npm ci && ${command}\` |
| Node | ${process.version} |
| CPU | ${cpus()[0].model.trim()}, ${cpus().length} cores |
| Library | built from ${library.revision} |
| Packages | ${versions} |
| Duration | ${((performance.now() - started) / 1000).toFixed(0)} s |

Written by the command above, never by hand. The server and each client run in their own processes; rounds are interleaved
and figures are medians.${options.quick ? ' This is a quick run, with fewer rounds and shorter streams than a full one.' : ''}

## Budgets

${budgets.map(verdict).join('\n')}

${texts.join('\n\n')}
`
// A partial run does not replace the results of a full one.
if (options.only === undefined) writeFileSync(new URL('RESULTS.md', import.meta.url), report)
console.log(`\n${report}`)
