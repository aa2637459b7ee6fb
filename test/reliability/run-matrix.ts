import { setTimeout } from 'node:timers/promises'
import type { Cell } from './cells.js'
import { watchProcess } from './leftovers.js'
import { type CellResult, runCell } from './run-cell.js'

export interface MatrixResult {
  readonly results: readonly CellResult[]
  readonly rejections: readonly unknown[]
  /** The kinds of handles that the process has at the end and did not have before. */
  readonly handles: readonly string[]
}

const HANDLES_MS = 15_000
const MAX_PATIENCE = 64

/**
 * Runs cells, several at a time. What needs much of the machine, and what the machine was too slow for, runs alone
 * afterwards.
 */
export async function runMatrix(
  cells: readonly Cell[],
  concurrency: number,
  onResult?: (result: CellResult) => void,
): Promise<MatrixResult> {
  const before = countHandles()
  const watch = watchProcess()
  const results: CellResult[] = []
  const alone = cells.filter(({ fault }) => fault.isHeavy)
  const add = (result: CellResult): void => {
    results.push(result)
    onResult?.(result)
  }
  const queue = cells.filter(({ fault }) => !fault.isHeavy).values()
  const work = async (): Promise<void> => {
    for (const cell of queue) {
      const result = await runCell(cell)
      if (result.isLate) alone.push(cell)
      else add(result)
    }
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, work))
    for (const cell of alone) {
      let result: CellResult
      let patience = 1
      do {
        patience *= 4
        result = await runCell(cell, patience)
      } while (result.isLate && patience < MAX_PATIENCE)
      add(result)
    }
    const extra = (): string[] =>
      [...countHandles()].filter(([name, count]) => count > (before.get(name) ?? 0)).map(([name]) => name)
    for (const end = performance.now() + HANDLES_MS; extra().length > 0 && performance.now() < end;)
      await setTimeout(20)
    return { results, rejections: watch.rejections, handles: extra() }
  } finally {
    watch.stop()
  }
}

/** The handles that keep a process alive, and that a cell could leave. */
function countHandles(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of process.getActiveResourcesInfo()) {
    if (/^TCP|^Zlib/i.test(name)) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}
