export interface Counts {
  passed: number
  failed: number
  skipped: number
}

/** Counts the checks and prints those that fail. */
export interface Report {
  readonly counts: Counts
  check(name: string, run: () => Promise<void>): Promise<void>
  fail(name: string, error: unknown): void
  /** Runs some checks and prints how many of them passed. */
  section(name: string, run: () => Promise<void>): Promise<void>
}

export function createReport(browser: string): Report {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 }
  const fail = (name: string, error: unknown): void => {
    counts.failed += 1
    console.log(`  ${browser}, ${name}: ${error instanceof Error ? error.message : String(error)}`)
  }
  return {
    counts,
    fail,
    async check(name, run) {
      try {
        await run()
        counts.passed += 1
      } catch (error) {
        fail(name, error)
      }
    },
    async section(name, run) {
      const { passed, failed } = counts
      await run()
      const ran = counts.passed + counts.failed - passed - failed
      console.log(`  ${browser}, ${name}: ${counts.passed - passed} of ${ran} passed`)
    },
  }
}
