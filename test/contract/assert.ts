/** The few assertions the contract needs, so that it runs where no test runner is. */
export interface Assert {
  /** Same structure; keys whose value is `undefined` count as absent. */
  equal(actual: unknown, expected: unknown, about?: string): void
  ok(value: unknown, about: string): void
  /** Runs something that must fail, and gives what it failed with. */
  fails(run: () => unknown): Promise<unknown>
  /** Runs something that must fail with an error of this class. */
  fails<T extends Error>(run: () => unknown, kind: ErrorClass<T>): Promise<T>
}

/** A class of the library's errors. */
export interface ErrorClass<T> {
  readonly errorName: string
  readonly prototype: T
}

/** A text that is the same for values of the same structure. */
function toText(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) => {
      if (typeof inner === 'bigint') return `${inner}n`
      if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
      return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
    }) ?? 'undefined'
  )
}

export const assert: Assert = {
  equal(actual, expected, about = 'value') {
    const [is, due] = [toText(actual), toText(expected)]
    if (is !== due) throw new Error(`${about}: expected ${due}, but it is ${is}`)
  },
  ok(value, about) {
    if (!value) throw new Error(`${about}: expected, but it is ${toText(value)}`)
  },
  async fails<T>(run: () => unknown, kind?: ErrorClass<T>): Promise<T> {
    let outcome: unknown
    try {
      outcome = await run()
    } catch (error) {
      if (kind === undefined || isOf(kind, error)) return error as T
      throw new Error(`expected a ${kind.errorName}, but it failed with ${String(error)}`, { cause: error })
    }
    throw new Error(`expected to fail, but it gave ${toText(outcome)}`)
  },
}

const isOf = <T>(kind: ErrorClass<T>, error: unknown): boolean =>
  (kind as unknown as { isInstance(error: unknown): boolean }).isInstance(error)
