import { pathToFileURL } from 'node:url'
import { interleave } from '../lib/rounds.js'
import { failure, figure, table } from '../lib/report.js'
import { runNode } from '../lib/processes.js'
import { median, present } from '../lib/stats.js'

/** Cold import, each time in a new process. */
export async function measureImports({ library, plan }) {
  const file = (name) => pathToFileURL(`${library}${name}`).href
  const empty = { name: 'an empty module', modules: [new URL('../empty.js', import.meta.url).href] }
  const ours = { name: 'lmstudio-provider', modules: [file('index.js')] }
  const subjects = [
    empty,
    ours,
    { name: 'lmstudio-provider/node', modules: [file('node.js')] },
    { name: 'eventsource-parser', modules: ['eventsource-parser'] },
    { name: '@xsai/stream-text', modules: ['@xsai/stream-text'] },
    { name: 'openai', modules: ['openai'] },
    { name: 'ai + @ai-sdk/openai-compatible', modules: ['ai', '@ai-sdk/openai-compatible'] },
    { name: '@langchain/openai', modules: ['@langchain/openai'] },
    { name: '(Node’s own fetch, on first touch)', modules: ['touch:fetch'] },
  ]
  const run = ({ modules }) => runNode('import-probe.js', modules)
  // The first time, files come from the disk.
  for (const subject of subjects) await run(subject).catch(() => {})
  const results = await interleave(subjects, plan.imports, run)
  const of = (name, key) => present(results.get(name).results.map((result) => result?.[key]))
  const over = (name, key) => median(of(name, key)) - median(of(empty.name, key))
  const rows = subjects.map(({ name }) => {
    const { error } = results.get(name)
    if (error !== undefined) return [name, failure(error), '']
    if (name === empty.name)
      return [name, figure(median(of(name, 'wallMs')), ' ms'), figure(median(of(name, 'cpuMs')), ' ms')]
    return [name, `+${figure(over(name, 'wallMs'), ' ms')}`, `+${figure(over(name, 'cpuMs'), ' ms')}`]
  })
  const text = `## Cold import

\`import()\` in a new Node process, ${plan.imports} interleaved processes each, medians; all but the first row are what comes on top of
an empty module.

${table(['module', 'time', 'CPU'], rows)}`
  const value = results.get(ours.name).error === undefined ? over(ours.name, 'wallMs') : undefined
  return { text, budgets: [{ what: 'Cold import over an empty module', value, limit: 8, unit: ' ms' }] }
}
