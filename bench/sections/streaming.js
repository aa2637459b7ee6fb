import { interleave } from '../lib/rounds.js'
import { failure, figure, table, times } from '../lib/report.js'
import { startSubject } from '../lib/processes.js'
import { median, present, ratio } from '../lib/stats.js'
import { streaming } from '../lib/subjects.js'

const FRAMINGS = [
  { framing: 'each', title: 'One HTTP chunk per event', budget: 1.3 },
  { framing: 'block', title: '16 KiB blocks that cut events and characters', budget: 1.25 },
]

/** CPU of reading a stream, both framings. */
export async function measureStreaming({ server, library, plan }) {
  const { base, ours, peers } = streaming
  const subjects = [base, ...ours, ...peers.map((peer) => ({ ...peer, every: plan.peerEvery }))]
  const children = new Map(subjects.map(({ name, id }) => [name, startSubject(id, library)]))
  const { chunks } = plan
  const per100k = 100_000 / chunks
  const budgets = []
  const parts = []
  try {
    for (const { framing, title, budget } of FRAMINGS) {
      const url = `${server.url}/${framing}-${chunks}`
      const ask = ({ name }) => children.get(name).ask({ task: 'stream', url })
      // Streams before the first that counts: by then the code is compiled.
      for (const { name } of subjects) {
        for (let warmUp = 0; warmUp < 3; warmUp++) {
          await children.get(name).ask({ task: 'stream', url: `${server.url}/${framing}-20000` })
        }
      }
      const results = await interleave(subjects, plan.rounds, ask)
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
        budgets.push({ what: `CPU, ${title}, ${name}`, value, limit: budget, unit: '×' })
      }
    }
  } finally {
    for (const child of children.values()) child.close()
  }
  const text = `## Streaming CPU

Streams of ${chunks.toLocaleString('en')} text chunks read to their end, the text concatenated and compared byte for byte. CPU time of
the client process (user and system, every thread), warm; the ratio is the median of the ratios within a round.

${parts.join('\n\n')}`
  return { text, budgets }
}
