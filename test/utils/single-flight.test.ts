import { describe, expect, it } from 'vitest'
import { createSingleFlight } from '../../src/utils/single-flight.js'
import { rejectionOf } from '../helpers/provider-errors.js'

function setUp() {
  const flights = createSingleFlight<string>()
  const started: {
    readonly signal: AbortSignal | undefined
    readonly resolve: (value: string) => void
    readonly reject: (error: Error) => void
  }[] = []
  const run = (key: unknown, signal?: AbortSignal): Promise<string> =>
    flights.run(
      key,
      (shared) => new Promise((resolve, reject) => started.push({ signal: shared, resolve, reject })),
      signal,
    )
  return { flights, started, run }
}

describe('createSingleFlight', () => {
  it('runs work once for callers that use the same key at the same time', async () => {
    const { started, run } = setUp()
    const both = [run('a'), run('a')]
    const other = run('b')
    expect(started).toHaveLength(2)
    started[0]!.resolve('one')
    started[1]!.resolve('two')
    expect(await Promise.all([...both, other])).toEqual(['one', 'one', 'two'])
    void run('a')
    expect(started).toHaveLength(3)
  })

  it('rejects every caller when the work fails, and runs again for the next caller', async () => {
    const { started, run } = setUp()
    const both = [run('a'), run('a')].map(rejectionOf)
    const failure = new Error('no')
    started[0]!.reject(failure)
    expect(await Promise.all(both)).toEqual([failure, failure])
    void run('a')
    expect(started).toHaveLength(2)
  })

  it('aborts the work only after its last caller has aborted, and does not share it from then on', async () => {
    const { started, run } = setUp()
    const [one, two] = [new AbortController(), new AbortController()]
    const left = [rejectionOf(run('a', one.signal)), rejectionOf(run('a', two.signal))]
    one.abort('first')
    expect(await left[0]).toBe('first')
    expect(started[0]!.signal!.aborted).toBe(false)
    two.abort('second')
    expect(await left[1]).toBe('second')
    expect(started[0]!.signal!.reason).toBe('second')
    const late = run('a')
    expect(started).toHaveLength(2)
    started[0]!.reject(new Error('late'))
    started[1]!.resolve('new')
    expect(await late).toBe('new')
  })

  it.each(['first', 'last'])(
    'does not abort the work while a caller without a signal, which came %s, waits',
    async (place) => {
      const { started, run } = setUp()
      const controller = new AbortController()
      const staying = place === 'first' ? run('a') : undefined
      const leaving = rejectionOf(run('a', controller.signal))
      const waiting = staying ?? run('a')
      controller.abort('enough')
      expect(await leaving).toBe('enough')
      expect(started).toHaveLength(1)
      expect(started[0]!.signal?.aborted ?? false).toBe(false)
      started[0]!.resolve('one')
      expect(await waiting).toBe('one')
    },
  )

  it('gives the work no signal when the first caller has none', () => {
    const { started, run } = setUp()
    void run('a')
    void run('b', new AbortController().signal)
    expect(started.map(({ signal }) => signal instanceof AbortSignal)).toEqual([false, true])
  })

  it('lets cleared work finish for its callers while the next caller starts its own', async () => {
    const { flights, started, run } = setUp()
    const old = run('a')
    flights.clear()
    const young = run('a')
    expect(started).toHaveLength(2)
    started[0]!.resolve('old')
    expect(await old).toBe('old')
    void run('a')
    expect(started).toHaveLength(2)
    started[1]!.resolve('young')
    expect(await young).toBe('young')
  })
})
