// @ts-check
// The whole fault matrix: every public call × every fault × every place. The cells and what they must end with are in
// test/reliability; a selection of them is part of `npm test`.
import { importSource } from '../lib/import-source.mjs'

const SEED = 20_260_902
const CONCURRENCY = 24

/**
 * @typedef {{ name: string, call: object, fault: { family: string }, times: string, abort?: object }} Cell
 * @typedef {{ cell: Cell, outcome: string, problems: string[] }} Result
 */

/** @type {import('../lib/reliability-results.mjs').Part['run']} */
export async function run({ short }) {
  const { allCells, runMatrix, seeded, selectPairs } = await importSource('test/reliability/full-matrix.ts')
  const random = seeded(SEED)
  const all = allCells(random)
  /** @type {Cell[]} */
  const cells = short ? selectPairs(all, random) : all
  let done = 0
  /** @type {{ results: Result[], rejections: unknown[], handles: string[] }} */
  const { results, rejections, handles } = await runMatrix(cells, CONCURRENCY, () => {
    if (++done % 500 === 0) console.log(`${done} of ${cells.length} cells`)
  })

  /** @type {Map<string, { cells: number, failed: number, outcomes: Map<string, number> }>} */
  const families = new Map()
  for (const { cell, outcome, problems } of results) {
    const family = families.get(cell.fault.family) ?? { cells: 0, failed: 0, outcomes: new Map() }
    families.set(cell.fault.family, family)
    family.cells++
    if (problems.length > 0) family.failed++
    family.outcomes.set(outcome, (family.outcomes.get(outcome) ?? 0) + 1)
  }
  const calls = new Set(cells.map(({ call }) => call))
  const faults = new Set(cells.map(({ fault }) => fault))
  return {
    title: 'Fault matrix',
    summary: [
      'Each cell is one public call, one of its requests, and one fault of a TCP server: where the connection breaks, what' +
        ' is wrong with the response, or what the server reports. A cell holds if the call settles in time with the class' +
        ' and the code that are written down for it, a hint that fits and the part of the response that had arrived; if' +
        ' no generation was sent twice; and if afterwards the server sees no open connection, and no timer, listener,' +
        ' handle or unhandled rejection is left. In the cells with an abort, the reason of the caller must come back.',
    ],
    tables: [
      {
        columns: ['faults', 'cells', 'failed', 'outcomes'],
        rows: [...families].map(([name, family]) => [name, family.cells, family.failed, listOutcomes(family.outcomes)]),
      },
    ],
    figures: {
      'calls, with variants': calls.size,
      faults: faults.size,
      cells: results.length,
      'cells with an abort of the caller': cells.filter(({ abort }) => abort !== undefined).length,
      'cells in which a retry succeeds': cells.filter(({ times }) => times === 'once').length,
      'cells that failed': results.filter(({ problems }) => problems.length > 0).length,
      'unhandled rejections': rejections.length,
    },
    failures: [
      ...results.flatMap(({ cell, problems }) => (problems.length > 0 ? [`${cell.name}: ${problems.join('; ')}`] : [])),
      ...rejections.map((reason) => `unhandled rejection: ${reason}`),
      ...handles.map((name) => `a handle is left: ${name}`),
    ],
  }
}

/** @param {Map<string, number>} outcomes */
function listOutcomes(outcomes) {
  const names = { ok: 'a response', reason: "the caller's reason" }
  return [...outcomes]
    .toSorted(([, one], [, other]) => other - one)
    .map(([outcome, count]) => `${count} × ${names[/** @type {'ok'} */ (outcome)] ?? outcome}`)
    .join(', ')
}
