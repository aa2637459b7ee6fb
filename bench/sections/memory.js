import { failure, figure, table } from '../lib/report.js'
import { startSubject } from '../lib/processes.js'
import { median } from '../lib/stats.js'
import { streaming } from '../lib/subjects.js'

const MB = 1024 * 1024

/** Heap a client keeps while it streams, and how far a server gets that nobody reads. */
export async function measureMemory({ server, library, plan }) {
  const { base, ours, peers } = streaming
  const count = 100_000
  const budgets = []
  const rows = []
  for (const { name, id } of [base, ...ours, ...peers]) {
    const child = startSubject(id, library, ['--expose-gc'])
    try {
      const url = `${server.url}/ascii-${count}`
      await child.ask({ task: 'stream', url: `${server.url}/ascii-10000` })
      const runs = []
      for (let run = 0; run < plan.heapRuns; run++) runs.push(await child.ask({ task: 'heap', url, count }))
      const failed = runs.find(({ error }) => error !== undefined)
      const growth = failed === undefined ? median(runs.map((run) => run.growth)) : undefined
      const beyond = growth === undefined ? undefined : Math.max(0, growth - runs[0].characters)
      const pause = await child.ask({ task: 'pause', url: `${server.url}/each-1000000`, origin: server.url }, 30_000)
      rows.push([
        name,
        failed === undefined ? figure(growth / MB, ' MB') : failure(failed.error),
        failed === undefined ? figure(beyond / MB, ' MB') : '',
        pause.error === undefined ? figure(pause.written / MB, ' MB') : failure(pause.error),
        pause.error === undefined ? (pause.isCut ? 'yes' : '**no**') : '',
      ])
      if (ours.some((subject) => subject.name === name)) {
        const value = beyond === undefined ? undefined : beyond / MB
        budgets.push({ what: `Heap beyond the text, ${name}`, value, limit: 1, unit: ' MB' })
      }
    } finally {
      child.close()
    }
  }
  const text = `## Memory and back-pressure

Heap: what the client holds more, after garbage collection, at the end of a stream of 100,000 chunks than at its
thousandth chunk; “beyond the text” leaves out the characters that came in between (a client that gives no whole text at
the end need not hold them). Back-pressure: the consumer stops after ten pieces of a 230 MB stream; what the server could write within
a second, most of it into the buffers of the kernel. Then the consumer leaves its loop; whether the server sees the
connection end within a second.

${table(['client', 'heap', 'beyond the text', 'written to a consumer that stopped', 'server sees it leave'], rows)}`
  return { text, budgets }
}
