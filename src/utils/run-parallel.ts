import { followSignal } from './abort.js'

/** The first task that failed. */
export interface TaskFailure {
  readonly error: unknown
  readonly index: number
}

/** How many tasks there are, and how they run. */
export interface ParallelTasks {
  readonly count: number
  /** How many run at the same time. */
  readonly concurrency: number
  readonly signal: AbortSignal | undefined
}

/**
 * Runs a task for each index from 0, in this order. The first that fails ends the others: no further one starts, and the
 * signal of those that run aborts, since they would only delay the error.
 */
export async function runParallel(
  { count, concurrency, signal }: ParallelTasks,
  run: (index: number, signal: AbortSignal) => Promise<void>,
): Promise<TaskFailure | undefined> {
  const controller = new AbortController()
  let next = 0
  let failure: TaskFailure | undefined

  async function runTasks(): Promise<void> {
    while (next < count && failure === undefined) {
      const index = next++
      try {
        await run(index, controller.signal)
      } catch (error) {
        if (failure !== undefined) return
        failure = { error, index }
        controller.abort(error)
      }
    }
  }

  const unfollow = followSignal(controller, signal)
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, runTasks))
  unfollow()
  return failure
}
