import { interleave } from '../lib/rounds.js'
import { failure, figure, table, times } from '../lib/report.js'
import { startSubject } from '../lib/processes.js'
import { median, present, ratio } from '../lib/stats.js'
import { calls, streaming } from '../lib/subjects.js'

const KINDS = [
  { kind: 'complete', title: 'A short response, not streamed (`complete`)', limit: 0.95 },
  { kind: 'list', title: 'A list of models without a cache (`listModels`)', limit: 0.93 },
]

/** Measures small calls one after the other, and the time to the first token of a stream. */
export async function measureCalls({ server, library, plan }) {
  const parts = []
  const budgets = []
  for (const { kind, title, limit } of KINDS) {
    const { plain, bounded, ours } = calls
    const subjects = [plain, bounded, ours, ...calls.peers[kind]]
    const children = new Map(subjects.map(({ name, id }) => [name, startSubject(id, library)]))
    const run = ({ name }) =>
      children.get(name).request({ task: 'calls', url: `${server.url}/small`, kind, count: plan.callsPerRound })
    try {
      for (const subject of subjects) for (let warmUp = 0; warmUp < 3; warmUp++) await run(subject)
      const results = await interleave(subjects, plan.callRounds, run)
      const of = (name, key) => results.get(name).results.map((result) => result?.[key])
      // Calls per second are the inverse of the time, so the sides of the ratio are swapped.
      const speed = (name, base) => ratio(of(base.name, 'wallMs'), of(name, 'wallMs'))
      const rows = subjects.map(({ name }) => {
        const { error } = results.get(name)
        const compared = speed(name, bounded)
        if (error !== undefined || compared === undefined) return [name, failure(error), '', '', '', '', '']
        return [
          name,
          figure((plan.callsPerRound * 1000) / median(present(of(name, 'wallMs')))),
          times(speed(name, plain).median),
          times(compared.median),
          `${times(compared.low)} – ${times(compared.high)}`,
          figure((median(present(of(name, 'cpuMs'))) * 1000) / plan.callsPerRound, ' µs'),
          times(ratio(of(name, 'cpuMs'), of(bounded.name, 'cpuMs')).median),
        ]
      })
      const head = [
        'client',
        'calls per second',
        'to plain',
        'to bounded',
        'lowest – highest',
        'CPU per call',
        'CPU ratio',
      ]
      parts.push(`### ${title}\n\n${table(head, rows)}`)
      const value = speed(ours.name, bounded)?.median
      budgets.push({ name: `Small calls, ${kind}`, value, limit, unit: '×', isFloor: true })
    } finally {
      for (const child of children.values()) child.close()
    }
  }
  const first = await measureFirst({ server, library, plan })
  const text = `## Small calls

${plan.callsPerRound} calls one after the other on a kept-alive connection to an idle server; ${plan.callRounds} interleaved rounds. “To plain” compares
the calls per second with \`fetch\` and \`response.json()\`. “To bounded” and the columns after it compare with the same call with
an abort signal, a time limit and a limited body, which cannot hang and cannot read without end; the budget is held
against that row. The list of models is \`/api/v1/models\` (1.9 kB) for the first three, \`/v1/models\` (0.5 kB) for the others.

${parts.join('\n\n')}

${first.text}`
  return { text, budgets: [...budgets, ...first.budgets] }
}

async function measureFirst({ server, library, plan }) {
  const { base, ours, peers } = streaming
  const subjects = [base, ...ours, ...peers]
  const children = new Map(subjects.map(({ name, id }) => [name, startSubject(id, library)]))
  const run = ({ name }) =>
    children.get(name).request({ task: 'first', url: `${server.url}/first`, count: plan.firstPerRound })
  try {
    for (const subject of subjects) for (let warmUp = 0; warmUp < 3; warmUp++) await run(subject)
    const results = await interleave(subjects, plan.firstRounds, run)
    const samples = (name) => present(results.get(name).results).flatMap((result) => result.samples)
    const added = (name) => median(samples(name)) - median(samples(base.name))
    const rows = subjects.map(({ name }) => {
      const { error } = results.get(name)
      if (error !== undefined) return [name, failure(error), '']
      return [name, figure(median(samples(name)), ' ms'), name === base.name ? '' : figure(added(name), ' ms')]
    })
    const budgets = ours.map(({ name }) => ({
      name: `First token, added by ${name}`,
      value: results.get(name).error === undefined ? added(name) : undefined,
      limit: 0.2,
      unit: ' ms',
    }))
    const text = `## Time to the first token

From the call to the first text, which the server sends at once; medians of ${plan.firstRounds * plan.firstPerRound} streams, warm, interleaved.

${table(['client', 'to the first token', 'added'], rows)}`
    return { text, budgets }
  } finally {
    for (const child of children.values()) child.close()
  }
}
