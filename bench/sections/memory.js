import { failure, figure, table } from '../lib/report.js'
import { startSubject } from '../lib/processes.js'
import { median } from '../lib/stats.js'
import { streaming } from '../lib/subjects.js'

const MB = 1024 * 1024

/** Measures the heap that a client keeps while it streams, and how far the server gets when the consumer stops reading. */
export async function measureMemory({ server, library, plan }) {
  const { base, ours, peers } = streaming
  const count = 100_000
  const budgets = []
  const rows = []
  for (const { name, id } of [base, ...ours, ...peers]) {
    const child = startSubject(id, library, ['--expose-gc'])
    try {
      const url = `${server.url}/ascii-${count}`
      await child.request({ task: 'stream', url: `${server.url}/ascii-10000` })
      const runs = []
      for (let run = 0; run < plan.heapRuns; run++) runs.push(await child.request({ task: 'heap', url, count }))
      const failed = runs.find(({ error }) => error !== undefined)
      const growth = failed === undefined ? median(runs.map((run) => run.growth)) : undefined
      const beyond = growth === undefined ? undefined : Math.max(0, growth - runs[0].characters)
      const pause = await child.request(
        { task: 'pause', url: `${server.url}/each-1000000`, origin: server.url },
        30_000,
      )
      rows.push([
        name,
        failed === undefined ? figure(growth / MB, ' MB') : failure(failed.error),
        failed === undefined ? figure(beyond / MB, ' MB') : '',
        pause.error === undefined ? figure(pause.written / MB, ' MB') : failure(pause.error),
        pause.error === undefined ? (pause.isCut ? 'yes' : '**no**') : '',
      ])
      if (ours.some((subject) => subject.name === name)) {
        const value = beyond === undefined ? undefined : beyond / MB
        budgets.push({ name: `Heap beyond the text, ${name}`, value, limit: 1, unit: ' MB' })
      }
    } finally {
      child.close()
    }
  }
  const text = `## Memory and back-pressure

Heap: the growth, after garbage collection, between the 1,000th chunk and the end of a stream of 100,000 chunks. “Beyond
the text” subtracts the characters received in between (a client that does not return the whole text need not keep
them). Back-pressure: the consumer stops after ten deltas of a 230 MB stream; the table shows what the server could write
within one second, most of it into kernel buffers. Then the consumer leaves its loop; the last column shows whether the
server sees the connection close within one second.

${table(['client', 'heap', 'beyond the text', 'written to a stopped consumer', 'server sees it leave'], rows)}`
  return { text, budgets }
}
