import { ProviderError } from 'lmstudio-provider'
import { createMockLMStudio, type MockLMStudio } from 'lmstudio-provider/testing'
import { describe, expect, test } from 'vitest'
import { callNames, isAbout, type CallName } from '../../playground/src/views/faults/calls.js'
import { FAULTS, GROUPS, STATUSES, type LabFault } from '../../playground/src/views/faults/catalogue.js'
import { FIRST_PLAN, toFault, withFault, type Plan } from '../../playground/src/views/faults/plan.js'
import { PRESETS } from '../../playground/src/views/faults/presets.js'
import { runPlan } from '../../playground/src/views/faults/run-plan.js'
import { turns } from '../integration/support/watch.js'

const newMock = (): MockLMStudio => createMockLMStudio({ now: () => 0 })

/** What was on the wire of the route that the call is about, numbers of clocks left out. */
function watch(mock: MockLMStudio, call: CallName) {
  const wire: string[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const isIt = isAbout(call, String(input))
    try {
      const answer = await mock.fetch(input, init)
      if (!isIt) return answer
      const decoder = new TextDecoder()
      wire.push(`${answer.status} ${answer.headers.get('content-type')}\n`)
      const seen = new TransformStream<Uint8Array, Uint8Array>({
        transform(piece, controller) {
          wire.push(decoder.decode(piece, { stream: true }))
          controller.enqueue(piece)
        },
      })
      return new Response(answer.body?.pipeThrough(seen) ?? null, answer)
    } catch (error) {
      wire.push(`failed: ${String(error)}`)
      throw error
    }
  }
  const text = async (): Promise<string> => {
    // What follows the end of an answer is read in the background.
    await Promise.all(mock.calls.map(({ finished }) => finished))
    await turns()
    return wire.join('').replaceAll(/("[\w]*(?:time|seconds|second|_ms|latencyMs)[\w]*":)[\d.e-]+/g, '$1 0')
  }
  return { fetch, text }
}

const NEVER = new AbortController().signal

/** What keeps a fault of this name from taking long, and from doing nothing. */
const QUICK: Partial<Record<LabFault, Plan['parameters']>> = {
  'huge-body': { bytes: '300000' },
  'huge-line': { bytes: '300000' },
  raw: { text: 'data: {"novel":1}\\n\\n' },
  status: { code: '400' },
}

const healthy = new Map<CallName, Promise<string>>()

function wireOf(call: CallName): Promise<string> {
  const known = healthy.get(call)
  if (known !== undefined) return known
  const mock = newMock()
  const { fetch, text } = watch(mock, call)
  // A fault for a path that nobody asks for.
  const plan: Plan = { ...FIRST_PLAN, call }
  const made = runPlan(plan, { mock: { ...mock, inject: () => {} }, fetch, signal: NEVER }).then(text)
  healthy.set(call, made)
  return made
}

const names = GROUPS.flatMap(({ faults }) => faults)

describe('the catalogue', () => {
  test('has every fault in one group', () => {
    expect([...names].sort()).toEqual(Object.keys(FAULTS).sort())
  })

  test.each(names.filter((name) => name !== 'stall' && name !== 'delay-headers' && name !== 'download-paused'))(
    '%s changes what is on the wire of every call it is offered for',
    async (fault) => {
      const entry = FAULTS[fault]
      const unmet = await Promise.all(
        entry.calls.map(async (call) => {
          const mock = newMock()
          const { fetch, text } = watch(mock, call)
          const plan: Plan = { ...FIRST_PLAN, fault, call, parameters: QUICK[fault] ?? {}, times: 1 }
          const stop = new AbortController()
          const [result] = await Promise.allSettled([runPlan(plan, { mock, fetch, signal: stop.signal })])
          const isOurs = result.status === 'fulfilled' || ProviderError.isInstance(result.reason)
          if (!isOurs) return `${call}: ${String(result.reason)}`
          // A download that fails tells so on another route.
          if (fault === 'download-failed') return result.status === 'rejected' ? [] : call
          return (await text()) === (await wireOf(call)) ? call : []
        }),
      )
      expect(unmet.flat()).toEqual([])
    },
    20_000,
  )

  test.each(['stall', 'delay-headers'] as const)('%s holds every call it is offered for', async (fault) => {
    await Promise.all(
      FAULTS[fault].calls.map(async (call) => {
        const mock = newMock()
        const stop = new AbortController()
        const plan: Plan = { ...FIRST_PLAN, fault, call, parameters: {}, patience: 'usual' }
        const result = runPlan(plan, { mock, fetch: mock.fetch, signal: stop.signal })
        result.catch(() => {})
        await mock.whenHeld()
        const reason = new Error(`stopped ${call}`)
        stop.abort(reason)
        await expect(result).rejects.toBe(reason)
      }),
    )
  })

  test('offers every call for something', () => {
    const offered = new Set(names.flatMap((name) => FAULTS[name].calls))
    expect([...offered].sort()).toEqual([...callNames].sort())
  })

  test('has statuses that the mock has words for', async () => {
    for (const code of STATUSES) {
      const mock = newMock()
      mock.inject(toFault({ ...FIRST_PLAN, fault: 'status', parameters: { code: String(code) } }))
      expect((await mock.fetch('http://127.0.0.1:1234/v1/models')).status).toBe(code)
    }
  })
})

describe('toFault', () => {
  test('leaves out what is not set, and what is no number where one is due', () => {
    const plan: Plan = { ...FIRST_PLAN, fault: 'stall', parameters: { afterEvents: '0', ms: ' ', keepAliveMs: 'soon' } }
    expect(toFault(plan)).toEqual({ name: 'stall', afterEvents: 0 })
  })

  test('makes a status of its number', () => {
    const plan: Plan = { ...FIRST_PLAN, fault: 'status', parameters: { code: '429', retryAfter: '2', shape: 'object' } }
    expect(toFault(plan)).toEqual({ name: 'status-429', retryAfter: 2, shape: 'object' })
  })

  test('makes bytes of a text', () => {
    const plan: Plan = { ...FIRST_PLAN, fault: 'raw', parameters: { text: 'a\\nb', type: 'text/plain', status: '201' } }
    expect(toFault(plan)).toEqual({
      raw: { chunks: ['a\nb'], headers: { 'content-type': 'text/plain' }, status: 201 },
    })
  })
})

test('another fault keeps a call that was picked where it can, and forgets what was entered', () => {
  expect(withFault(FIRST_PLAN, 'stall').call).toBe('stream')
  expect(withFault({ ...FIRST_PLAN, call: 'embed' }, 'html')).toMatchObject({ call: 'embed', parameters: {} })
  expect(withFault({ ...FIRST_PLAN, call: 'embed' }, 'json-in-reasoning')).toMatchObject({ call: 'object' })
})

test.each(PRESETS.map(({ label, plan }) => [label, plan] as const))('the preset %s can be run', (_, plan) => {
  const { calls, parameters = [] } = FAULTS[plan.fault]
  expect(calls).toContain(plan.call)
  const known = parameters.map(({ name }) => name)
  for (const name of Object.keys(plan.parameters)) expect(known).toContain(name)
})
