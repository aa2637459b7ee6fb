/** The assertions that the contract uses, so that it runs without a test runner. */
export interface Assert {
  /** Compares structures; keys whose value is `undefined` count as absent. */
  equal(actual: unknown, expected: unknown, description?: string): void
  ok(value: unknown, description: string): void
  /** Runs a function that must fail and resolves to its error. */
  fails(run: () => unknown): Promise<unknown>
  /** Runs a function that must fail with an error of the given class and resolves to that error. */
  fails<T extends Error>(run: () => unknown, errorClass: ErrorClass<T>): Promise<T>
}

/** An error class of the library. */
export interface ErrorClass<T> {
  readonly errorName: string
  readonly prototype: T
}

/** Serializes a value with sorted keys, so that equal structures have equal texts. */
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
  equal(actual, expected, description = 'value') {
    const [actualText, expectedText] = [toText(actual), toText(expected)]
    if (actualText !== expectedText) throw new Error(`${description}: expected ${expectedText}, got ${actualText}`)
  },
  ok(value, description) {
    if (!value) throw new Error(`${description}: expected a truthy value, got ${toText(value)}`)
  },
  async fails<T>(run: () => unknown, errorClass?: ErrorClass<T>): Promise<T> {
    let result: unknown
    try {
      result = await run()
    } catch (error) {
      if (errorClass === undefined || isInstance(errorClass, error)) return error as T
      throw new Error(`expected a ${errorClass.errorName}, got ${String(error)}`, { cause: error })
    }
    throw new Error(`expected an error, got the result ${toText(result)}`)
  },
}

const isInstance = <T>(errorClass: ErrorClass<T>, error: unknown): boolean =>
  (errorClass as unknown as { isInstance(error: unknown): boolean }).isInstance(error)
