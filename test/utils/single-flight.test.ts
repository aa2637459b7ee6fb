import { describe, expect, it } from 'vitest'
import { createSingleFlight } from '../../src/utils/single-flight.js'
import { rejectionOf } from '../helpers/provider-errors.js'

function setUp() {
  const flights = createSingleFlight<string>()
  const begun: {
    readonly signal: AbortSignal
    readonly land: (value: string) => void
    readonly crash: (error: Error) => void
  }[] = []
  const ride = (key: unknown, signal?: AbortSignal): Promise<string> =>
    flights.ride(key, (shared) => new Promise((land, crash) => begun.push({ signal: shared, land, crash })), signal)
  return { flights, begun, ride }
}

describe('a flight', () => {
  it('is shared by those who want the same, while it lasts', async () => {
    const { begun, ride } = setUp()
    const both = [ride('a'), ride('a')]
    const other = ride('b')
    expect(begun).toHaveLength(2)
    begun[0]!.land('one')
    begun[1]!.land('two')
    expect(await Promise.all([...both, other])).toEqual(['one', 'one', 'two'])
    void ride('a')
    expect(begun).toHaveLength(3)
  })

  it('fails for all who share it, and is then over', async () => {
    const { begun, ride } = setUp()
    const both = [ride('a'), ride('a')].map(rejectionOf)
    const crash = new Error('no')
    begun[0]!.crash(crash)
    expect(await Promise.all(both)).toEqual([crash, crash])
    void ride('a')
    expect(begun).toHaveLength(2)
  })

  it('goes on until the last who wait for it have left, and is then joined by nobody', async () => {
    const { begun, ride } = setUp()
    const [one, two] = [new AbortController(), new AbortController()]
    const left = [rejectionOf(ride('a', one.signal)), rejectionOf(ride('a', two.signal))]
    one.abort('first')
    expect(await left[0]).toBe('first')
    expect(begun[0]!.signal.aborted).toBe(false)
    two.abort('second')
    expect(await left[1]).toBe('second')
    expect(begun[0]!.signal.reason).toBe('second')
    const late = ride('a')
    expect(begun).toHaveLength(2)
    begun[0]!.crash(new Error('late'))
    begun[1]!.land('new')
    expect(await late).toBe('new')
  })

  it('that was cleared lands for those in it, and the next begins anew', async () => {
    const { flights, begun, ride } = setUp()
    const old = ride('a')
    flights.clear()
    const young = ride('a')
    expect(begun).toHaveLength(2)
    begun[0]!.land('old')
    expect(await old).toBe('old')
    void ride('a')
    expect(begun).toHaveLength(2)
    begun[1]!.land('young')
    expect(await young).toBe('young')
  })
})
