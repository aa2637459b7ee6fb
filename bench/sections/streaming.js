import { interleave } from '../lib/rounds.js'
import { failure, figure, table, times } from '../lib/report.js'
import { startSubject } from '../lib/processes.js'
import { median, present, ratio } from '../lib/stats.js'
import { streaming } from '../lib/subjects.js'

const FRAMINGS = [
  { framing: 'each', title: 'One HTTP chunk per event' },
  { framing: 'block', title: '16 KiB blocks that cut events and characters' },
]
const LIMITS = { 'lmstudio-provider, events': 1.2, 'lmstudio-provider, textStream': 1.25 }

/** Measures the CPU time of reading a stream, in both framings. */
export async function measureStreaming({ server, library, plan }) {
  const { base, ours, peers } = streaming
  const subjects = [base, ...ours, ...peers.map((peer) => ({ ...peer, every: plan.peerEvery }))]
  const children = new Map(subjects.map(({ name, id }) => [name, startSubject(id, library)]))
  const { chunks } = plan
  const per100k = 100_000 / chunks
  const budgets = []
  const parts = []
  try {
    for (const { framing, title } of FRAMINGS) {
      const url = `${server.url}/${framing}-${chunks}`
      const run = ({ name }) => children.get(name).request({ task: 'stream', url })
      // These runs do not count: the code is compiled after them.
      for (const { name } of subjects) {
        for (let warmUp = 0; warmUp < 3; warmUp++) {
          await children.get(name).request({ task: 'stream', url: `${server.url}/${framing}-20000` })
        }
      }
      const results = await interleave(subjects, plan.rounds, run)
      const of = (name, key) => results.get(name).results.map((result) => result?.[key])
      const expected = present(of(base.name, 'hash'))[0]
      const rows = subjects.map(({ name }) => {
        const { error } = results.get(name)
        const cpu = present(of(name, 'cpuMs'))
        const hashes = new Set(present(of(name, 'hash')))
        const isSame = hashes.size === 1 && hashes.has(expected)
        const compared = ratio(of(name, 'cpuMs'), of(base.name, 'cpuMs'))
        if (error !== undefined || compared === undefined) return [name, failure(error), '', '', '', '']
        return [
          name,
          figure(median(cpu) * per100k, ' ms'),
          times(compared.median),
          `${times(compared.low)} – ${times(compared.high)}`,
          String(compared.rounds),
          isSame ? 'same' : '**differs**',
        ]
      })
      parts.push(
        `### ${title}\n\n${table(['client', 'CPU per 100k chunks', 'ratio', 'lowest – highest', 'rounds', 'text'], rows)}`,
      )
      for (const { name } of ours) {
        const value = ratio(of(name, 'cpuMs'), of(base.name, 'cpuMs'))?.median
        budgets.push({ name: `CPU, ${title}, ${name}`, value, limit: LIMITS[name], unit: '×' })
      }
    }
  } finally {
    for (const child of children.values()) child.close()
  }
  const text = `## Streaming CPU

Streams of ${chunks.toLocaleString('en')} text chunks, read to their end; the text is concatenated and compared byte for byte. CPU time of
the client process (user and system, all threads), warm; the ratio is the median of the ratios within each round.

${parts.join('\n\n')}`
  return { text, budgets }
}
