import { interleave } from '../lib/rounds.js'
import { failure, figure, table } from '../lib/report.js'
import { startSubject } from '../lib/processes.js'
import { median, present } from '../lib/stats.js'
import { hand, streaming } from '../lib/subjects.js'

const KIB = 1024

/** Whether the cost of a piece stays what it is when there are more of them. */
export async function measureGrowth({ server, library, plan }) {
  const [ours] = streaming.ours
  const subjects = [hand, ours]
  const children = new Map(subjects.map(({ name, id }) => [name, startSubject(id, library)]))
  const budgets = []

  /** Rows of microseconds of CPU per unit: one row per scenario, one column per subject. */
  async function measure(scenarios) {
    const rows = []
    for (const { label, task, path, units, unit, rounds, isHandLeftOut, length } of scenarios) {
      const taking = isHandLeftOut === true ? [ours] : subjects
      const ask = ({ name }) => children.get(name).ask({ task, url: `${server.url}/${path}` }, 180_000)
      for (const subject of taking)
        await children.get(subject.name).ask({ task, url: `${server.url}/${path.split('-')[0]}-10000` })
      const results = await interleave(taking, rounds, async (subject) => {
        const result = await ask(subject)
        return result.error === undefined && length !== undefined && result.length !== length
          ? { error: `${result.length} characters came, not ${length}` }
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
    const tools = plan.tools.map((size) => ({
      label: `tool arguments of ${size.toLocaleString('en')} characters, one per event`,
      unit: 'character',
      task: 'tools',
      path: `tools-${size}`,
      units: size,
      rounds: plan.growthRounds,
      length: size + '{"text":""}'.length,
    }))
    const lines = plan.lines.map((size) => ({
      label: `one line of ${size / KIB / KIB} MB, 1 KiB per HTTP chunk`,
      unit: 'KiB',
      task: 'stream',
      path: `line-${size}`,
      units: size / KIB,
      rounds: plan.growthRounds,
      length: size,
      // A loop that splits its whole buffer again for every block is quadratic: minutes, for the longest.
      isHandLeftOut: size > 2 * KIB * KIB,
    }))
    const rows = await measure([
      ...chunks('each', 'one HTTP chunk each'),
      ...chunks('block', '16 KiB blocks'),
      ...tools,
      ...lines,
    ])
    const text = `## Growth

CPU per unit: linear where the figures of a kind stay the same.

${table(['what', 'unit', hand.name, ours.name], rows)}

The hand-written loop splits its buffer again for every block; on one long line that is quadratic, so it is left out of the longest.`
    return { text, budgets }
  } finally {
    for (const child of children.values()) child.close()
  }
}
