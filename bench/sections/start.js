import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { entryFile } from '../lib/build-library.js'
import { bundle } from '../lib/bundle.js'
import { interleave } from '../lib/rounds.js'
import { failure, figure, table } from '../lib/report.js'
import { runNode } from '../lib/processes.js'
import { median, present } from '../lib/stats.js'

const CHAT_AND_LIST = `export { createClient, listModels, stream } from 'lmstudio-provider/core'`

/** Measures cold imports, each in a new process. */
export async function measureImports({ library, plan }) {
  const empty = { name: 'an empty module', modules: [new URL('../empty.js', import.meta.url).href] }
  const entry = (subpath) => () => [pathToFileURL(entryFile(library, subpath)).href]
  const ours = [
    { name: 'lmstudio-provider', entry: entry('.'), limit: 9 },
    { name: 'lmstudio-provider/core', entry: entry('./core') },
    { name: 'lmstudio-provider/core with chat and list, bundled', entry: () => [chatAndList], limit: 6 },
    { name: 'lmstudio-provider/node', entry: entry('./node') },
  ]
  const chatAndList = await bundleChatAndList(library)
  const subjects = [
    empty,
    ...ours,
    { name: 'eventsource-parser', modules: ['eventsource-parser'] },
    { name: '@xsai/stream-text', modules: ['@xsai/stream-text'] },
    { name: 'openai', modules: ['openai'] },
    { name: 'ai + @ai-sdk/openai-compatible', modules: ['ai', '@ai-sdk/openai-compatible'] },
    { name: '@langchain/openai', modules: ['@langchain/openai'] },
    { name: '(Node’s own fetch, on first use)', modules: ['touch:fetch'] },
  ]
  const run = async ({ modules, entry }) => runNode('import-probe.js', modules ?? entry())
  // The first run reads the files from disk and does not count.
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
  const budgets = ours.flatMap(({ name, limit }) => {
    if (limit === undefined) return []
    const value = results.get(name).error === undefined ? over(name, 'wallMs') : undefined
    return [{ name: `Cold import, ${name}`, value, limit, unit: ' ms' }]
  })
  const text = `## Cold import

\`import()\` in a new Node process, ${plan.imports} interleaved processes each, medians. The first row is an empty module; the other
rows show what is added to it. “Bundled” is what esbuild keeps of \`createClient\`, \`listModels\` and \`stream\`, in one
minified file.

${table(['module', 'time', 'CPU'], rows)}`
  return { text, budgets }
}

/** Writes what a bundler keeps of the modular entry; returns the URL of a module that does not exist when it fails. */
async function bundleChatAndList(library) {
  const file = `${library}chat-and-list.mjs`
  const code = await bundle(library, CHAT_AND_LIST).catch(() => undefined)
  if (code !== undefined) writeFileSync(file, code)
  return pathToFileURL(file).href
}
