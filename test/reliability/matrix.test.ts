import * as publicAPI from 'lmstudio-provider'
import { createConversation, createLMStudio } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { PUBLIC_CALLS, WITHOUT_REQUESTS, type PublicCall } from './calls.js'
import { allCells, type Cell, seeded, selectPairs } from './cells.js'
import { FAULTS, type Fault } from './faults.js'
import { HINT_PARTS } from './hints.js'
import { runMatrix } from './run-matrix.js'

const SEED = 20_260_902
const CONCURRENCY = 24
const TIMEOUT_MS = 600_000

const random = seeded(SEED)
const cells = allCells(random)
const selected = selectPairs(cells, random)

/** The names of all public functions: those of the entry, and the methods of a provider and of a conversation. */
function publicNames(): string[] {
  const provider = createLMStudio()
  const conversation = createConversation(provider, { model: 'acme/tern-4b' })
  const isError = (value: unknown): boolean => typeof value === 'function' && value.prototype instanceof Error
  return [publicAPI, provider, conversation].flatMap((owner) =>
    Object.entries(owner).flatMap(([name, value]: [string, unknown]) =>
      typeof value === 'function' && !isError(value)
        ? [name === 'stream' && owner === conversation ? 'stream of a conversation' : name]
        : [],
    ),
  )
}

describe('the cells of the fault matrix', () => {
  test('cover every public function', () => {
    const covered = new Set([...PUBLIC_CALLS.flatMap(({ covers }) => covers), ...WITHOUT_REQUESTS])
    expect([...covered].sort()).toEqual([...new Set(publicNames())].sort())
  })

  test('meet every fault, with a different name for each', () => {
    expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length)
    expect(new Set(cells.map(({ fault }) => fault)).size).toBe(FAULTS.length)
    expect(new Set(cells.map(({ name }) => name)).size).toBe(cells.length)
  })

  test('expect only errors with a hint of their own', () => {
    const codes = cells.flatMap(({ expected }) => expected.map((outcome) => /^\w*Error (.+)/.exec(outcome)?.[1] ?? ''))
    expect([...new Set(codes)].filter((code) => code !== '' && HINT_PARTS[code] === undefined)).toEqual([])
  })

  test('are the same for the same seed', () => {
    expect(allCells(seeded(SEED)).map(({ name }) => name)).toEqual(cells.map(({ name }) => name))
  })
})

describe('a selection of the fault matrix', () => {
  test.each([...new Set(selected.map(({ fault }) => fault.family))])(
    'every call keeps its promises under faults of the family: %s',
    async (family) => {
      const chosen = selected.filter(({ fault }) => fault.family === family)
      const { results, rejections, handles } = await runMatrix(chosen, CONCURRENCY)
      const broken = results.flatMap(({ cell, problems }) =>
        problems.length > 0 ? [{ cell: cell.name, problems }] : [],
      )
      expect(broken).toEqual([])
      expect(results).toHaveLength(chosen.length)
      expect(rejections).toEqual([])
      expect(handles).toEqual([])
    },
    TIMEOUT_MS,
  )
})

/** Runs a call that breaks a promise against a fault, and returns what the matrix finds. */
async function problemsOf(run: PublicCall['run'], fault: Partial<Fault>, expected: string): Promise<readonly string[]> {
  const base = FAULTS.find(({ name }) => name === 'status 418 with LM Studio')!
  const cell: Cell = {
    name: 'a broken call',
    call: { name: 'a broken call', covers: [], requests: ['whole'], run },
    position: 0,
    fault: { ...base, ...fault },
    times: 'always',
    seed: 0,
    expected: [expected],
  }
  const { results } = await runMatrix([cell], 1)
  return results[0]!.problems
}

describe('the matrix finds', () => {
  const HELLO = { model: 'acme/tern-4b', prompt: 'Hello.' }

  test('an error of another class', async () => {
    const problems = await problemsOf(({ lmstudio }) => lmstudio.complete(HELLO), {}, 'ApiError other')
    expect(problems).toEqual(['ended with ApiError api'])
  })

  test('an error that is not of this package', async () => {
    const problems = await problemsOf(
      ({ lmstudio }) => lmstudio.complete(HELLO).catch(() => Promise.reject(new Error('no'))),
      {},
      'ApiError api',
    )
    expect(problems[0]).toBe('ended with a foreign error: Error: no')
  })

  test('a generation that is sent twice', async () => {
    const run: PublicCall['run'] = ({ lmstudio }) => lmstudio.complete(HELLO).catch(() => lmstudio.complete(HELLO))
    expect(await problemsOf(run, {}, 'ApiError api')).toEqual(['sent the generation 2 times'])
  })

  test(
    'a listener that is left on the signal of the caller',
    async () => {
      const run: PublicCall['run'] = ({ lmstudio, options: { signal } }) => {
        signal!.addEventListener('abort', () => {})
        return lmstudio.complete(HELLO)
      }
      expect(await problemsOf(run, {}, 'ApiError api')).toEqual(['left 1 listeners'])
    },
    TIMEOUT_MS,
  )

  test('a text that differs from the one that was sent', async () => {
    const run: PublicCall['run'] = async ({ lmstudio, onText }) => {
      for await (const text of lmstudio.stream(HELLO).textStream) onText(text.toUpperCase())
    }
    const fault = FAULTS.find(({ name }) => name === 'CRLF')!
    const cell: Cell = {
      name: 'a broken stream',
      call: { name: 'a broken stream', covers: [], requests: ['stream'], run },
      position: 0,
      fault,
      times: 'always',
      seed: 0,
      expected: ['ok'],
    }
    const { results } = await runMatrix([cell], 1)
    expect(results[0]!.problems).toEqual(['emitted TWO GULLS LAND.'])
  })
})
