import { interleave } from '../lib/rounds.js'
import { failure, figure, table, times } from '../lib/report.js'
import { startSubject } from '../lib/processes.js'
import { median, present, ratio } from '../lib/stats.js'
import { calls, streaming } from '../lib/subjects.js'

const KINDS = [
  { kind: 'complete', title: 'A short answer, not streamed (`complete`)' },
  { kind: 'list', title: 'A list of models, no cache (`listModels`)' },
]

/** Small calls one after the other, and the time to the first token of a stream. */
export async function measureCalls({ server, library, plan }) {
  const parts = []
  const budgets = []
  for (const { kind, title } of KINDS) {
    const subjects = calls[kind]
    const [base, ours] = subjects
    const children = new Map(subjects.map(({ name, id }) => [name, startSubject(id, library)]))
    const ask = ({ name }) =>
      children.get(name).ask({ task: 'calls', url: `${server.url}/small`, kind, count: plan.callsPerRound })
    try {
      for (const subject of subjects) for (let warmUp = 0; warmUp < 3; warmUp++) await ask(subject)
      const results = await interleave(subjects, plan.callRounds, ask)
      const of = (name, key) => results.get(name).results.map((result) => result?.[key])
      // Calls per second: the inverse of the time, so the ratio is turned round.
      const speed = (name) => ratio(of(base.name, 'wallMs'), of(name, 'wallMs'))
      const rows = subjects.map(({ name }) => {
        const { error } = results.get(name)
        const compared = speed(name)
        if (error !== undefined || compared === undefined) return [name, failure(error), '', '', '', '']
        return [
          name,
          figure((plan.callsPerRound * 1000) / median(present(of(name, 'wallMs')))),
          times(compared.median),
          `${times(compared.low)} – ${times(compared.high)}`,
          figure((median(present(of(name, 'cpuMs'))) * 1000) / plan.callsPerRound, ' µs'),
          times(ratio(of(name, 'cpuMs'), of(base.name, 'cpuMs')).median),
        ]
      })
      parts.push(
        `### ${title}\n\n${table(['client', 'calls per second', 'ratio', 'lowest – highest', 'CPU per call', 'CPU ratio'], rows)}`,
      )
      budgets.push({
        what: `Small calls, ${kind}`,
        value: speed(ours.name)?.median,
        limit: 0.9,
        unit: '×',
        isFloor: true,
      })
    } finally {
      for (const child of children.values()) child.close()
    }
  }
  const first = await measureFirst({ server, library, plan })
  const text = `## Small calls

${plan.callsPerRound} calls one after the other on a kept-alive connection to a server that does nothing else; ${plan.callRounds} interleaved rounds.
The list of models is \`/api/v1/models\` (1.9 kB) for fetch and lmstudio-provider, \`/v1/models\` (0.5 kB) for the others.

${parts.join('\n\n')}

${first.text}`
  return { text, budgets: [...budgets, ...first.budgets] }
}

async function measureFirst({ server, library, plan }) {
  const { base, ours, peers } = streaming
  const subjects = [base, ...ours, ...peers]
  const children = new Map(subjects.map(({ name, id }) => [name, startSubject(id, library)]))
  const ask = ({ name }) =>
    children.get(name).ask({ task: 'first', url: `${server.url}/first`, count: plan.firstPerRound })
  try {
    for (const subject of subjects) for (let warmUp = 0; warmUp < 3; warmUp++) await ask(subject)
    const results = await interleave(subjects, plan.firstRounds, ask)
    const samples = (name) => present(results.get(name).results).flatMap((result) => result.samples)
    const added = (name) => median(samples(name)) - median(samples(base.name))
    const rows = subjects.map(({ name }) => {
      const { error } = results.get(name)
      if (error !== undefined) return [name, failure(error), '']
      return [name, figure(median(samples(name)), ' ms'), name === base.name ? '' : figure(added(name), ' ms')]
    })
    const budgets = ours.map(({ name }) => ({
      what: `First token, added by ${name}`,
      value: results.get(name).error === undefined ? added(name) : undefined,
      limit: 1,
      unit: ' ms',
    }))
    const text = `## Time to the first token

From the call to the first text, the server sending it at once; medians of ${plan.firstRounds * plan.firstPerRound} streams, warm, interleaved.

${table(['client', 'to the first token', 'added'], rows)}`
    return { text, budgets }
  } finally {
    for (const child of children.values()) child.close()
  }
}
