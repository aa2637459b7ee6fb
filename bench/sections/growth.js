import { interleave } from '../lib/rounds.js'
import { failure, figure, table } from '../lib/report.js'
import { startSubject } from '../lib/processes.js'
import { median, present } from '../lib/stats.js'
import { hand, streaming } from '../lib/subjects.js'

const KIB = 1024

/** Measures whether the cost per unit stays the same when there are more units. */
export async function measureGrowth({ server, library, plan }) {
  const [ours] = streaming.ours
  const subjects = [hand, ours]
  const children = new Map(subjects.map(({ name, id }) => [name, startSubject(id, library)]))
  const budgets = []

  /** CPU time per unit in µs: one row per scenario, one column per subject. */
  async function measure(scenarios) {
    const rows = []
    for (const { label, task, path, units, unit, rounds, oursOnly, length } of scenarios) {
      const participants = oursOnly === true ? [ours] : subjects
      const run = ({ name }) => children.get(name).request({ task, url: `${server.url}/${path}` }, 180_000)
      for (const { name } of participants) {
        await children.get(name).request({ task, url: `${server.url}/${path.split('-')[0]}-1000` })
      }
      const results = await interleave(participants, rounds, async (subject) => {
        const result = await run(subject)
        return result.error === undefined && length !== undefined && result.length !== length
          ? { error: `received ${result.length} instead of ${length}` }
          : result
      })
      const cells = subjects.map(({ name }) => {
        const row = results.get(name)
        if (row === undefined) return '–'
        const cpu = present(row.results.map((result) => result?.cpuMs))
        return row.error === undefined ? `${figure((median(cpu) * 1000) / units)} µs` : failure(row.error)
      })
      rows.push([label, unit, ...cells])
    }
    return rows
  }

  try {
    const sizes = plan.growth
    const chunks = (framing, name) =>
      sizes.map((size) => ({
        label: `${size.toLocaleString('en')} chunks, ${name}`,
        unit: 'chunk',
        task: 'stream',
        path: `${framing}-${size}`,
        units: size,
        rounds: size >= 1_000_000 ? plan.growthRounds : plan.growthRounds * 3,
      }))
    const toolArguments = plan.toolArguments.map((size) => ({
      label: `tool arguments of ${size.toLocaleString('en')} characters, one per event`,
      unit: 'character',
      task: 'toolArguments',
      path: `arguments-${size}`,
      units: size,
      rounds: plan.growthRounds,
      length: size + '{"text":""}'.length,
    }))
    const toolCalls = plan.toolCalls.map((size) => ({
      label: `${size.toLocaleString('en')} tool calls, one per event`,
      unit: 'call',
      task: 'toolCalls',
      path: `calls-${size}`,
      units: size,
      rounds: plan.growthRounds,
      length: size,
    }))
    const lines = plan.lines.map((size) => ({
      label: `one line of ${size / KIB / KIB} MB, 1 KiB per HTTP chunk`,
      unit: 'KiB',
      task: 'stream',
      path: `line-${size}`,
      units: size / KIB,
      rounds: plan.growthRounds,
      length: size,
      // A loop that splits its whole buffer again for every block is quadratic and would take minutes.
      oursOnly: size > 2 * KIB * KIB,
    }))
    const rows = await measure([
      ...chunks('each', 'one HTTP chunk each'),
      ...chunks('block', '16 KiB blocks'),
      ...toolArguments,
      ...toolCalls,
      ...lines,
    ])
    const text = `## Growth

CPU time per unit. Growth is linear where the figures of one kind stay the same.

${table(['what', 'unit', hand.name, ours.name], rows)}

The hand-written loop splits its buffer again for every block. On one long line that is quadratic, so it does not take
part in the longest.`
    return { text, budgets }
  } finally {
    for (const child of children.values()) child.close()
  }
}
