import { ProviderError } from 'lmstudio-provider'
import { createMockLMStudio, type MockLMStudio } from 'lmstudio-provider/testing'
import { describe, expect, test } from 'vitest'
import { callNames, isRouteOf, type CallName } from '../../playground/src/views/faults/calls.js'
import { FAULTS, GROUPS, STATUSES, type LabFault } from '../../playground/src/views/faults/fault-catalog.js'
import { INITIAL_PLAN, toFault, withFault, type Plan } from '../../playground/src/views/faults/plan.js'
import { PRESETS } from '../../playground/src/views/faults/presets.js'
import { runPlan } from '../../playground/src/views/faults/run-plan.js'
import { turns } from '../integration/support/watch.js'

const newMock = (): MockLMStudio => createMockLMStudio({ now: () => 0 })

/** Records what the route of the call sends, with times zeroed. */
function recordWire(mock: MockLMStudio, call: CallName) {
  const wire: string[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const isOfCall = isRouteOf(call, String(input))
    try {
      const response = await mock.fetch(input, init)
      if (!isOfCall) return response
      const decoder = new TextDecoder()
      wire.push(`${response.status} ${response.headers.get('content-type')}\n`)
      const recorder = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          wire.push(decoder.decode(chunk, { stream: true }))
          controller.enqueue(chunk)
        },
      })
      return new Response(response.body?.pipeThrough(recorder) ?? null, response)
    } catch (error) {
      wire.push(`failed: ${String(error)}`)
      throw error
    }
  }
  const text = async (): Promise<string> => {
    // The library reads the rest of a response in the background.
    await Promise.all(mock.calls.map(({ finished }) => finished))
    await turns()
    return wire.join('').replaceAll(/("[\w]*(?:time|seconds|second|_ms|latencyMs)[\w]*":)[\d.e-]+/g, '$1 0')
  }
  return { fetch, text }
}

const NEVER = new AbortController().signal

/** Parameters that make a fault fast, or effective at all. */
const PARAMETERS: Partial<Record<LabFault, Plan['parameters']>> = {
  'huge-body': { bytes: '300000' },
  'huge-line': { bytes: '300000' },
  raw: { text: 'data: {"novel":1}\\n\\n' },
  status: { code: '400' },
}

const wireWithoutFault = new Map<CallName, Promise<string>>()

function wireOf(call: CallName): Promise<string> {
  const cached = wireWithoutFault.get(call)
  if (cached !== undefined) return cached
  const mock = newMock()
  const { fetch, text } = recordWire(mock, call)
  const plan: Plan = { ...INITIAL_PLAN, call }
  const wire = runPlan(plan, { mock: { ...mock, inject: () => {} }, fetch, signal: NEVER }).then(text)
  wireWithoutFault.set(call, wire)
  return wire
}

const names = GROUPS.flatMap(({ faults }) => faults)

describe('the fault catalog', () => {
  test('contains every fault in exactly one group', () => {
    expect([...names].sort()).toEqual(Object.keys(FAULTS).sort())
  })

  test.each(names.filter((name) => name !== 'stall' && name !== 'delay-headers' && name !== 'download-paused'))(
    '%s changes the response of every call that it is offered for',
    async (fault) => {
      const entry = FAULTS[fault]
      const unaffected = await Promise.all(
        entry.calls.map(async (call) => {
          const mock = newMock()
          const { fetch, text } = recordWire(mock, call)
          const plan: Plan = { ...INITIAL_PLAN, fault, call, parameters: PARAMETERS[fault] ?? {}, times: 1 }
          const stop = new AbortController()
          const [result] = await Promise.allSettled([runPlan(plan, { mock, fetch, signal: stop.signal })])
          const isExpected = result.status === 'fulfilled' || ProviderError.isInstance(result.reason)
          if (!isExpected) return `${call}: ${String(result.reason)}`
          // A failed download is reported by another route.
          if (fault === 'download-failed') return result.status === 'rejected' ? [] : call
          return (await text()) === (await wireOf(call)) ? call : []
        }),
      )
      expect(unaffected.flat()).toEqual([])
    },
    20_000,
  )

  test.each(['stall', 'delay-headers'] as const)('%s delays every call that it is offered for', async (fault) => {
    await Promise.all(
      FAULTS[fault].calls.map(async (call) => {
        const mock = newMock()
        const stop = new AbortController()
        const plan: Plan = { ...INITIAL_PLAN, fault, call, parameters: {}, timeouts: 'default' }
        const result = runPlan(plan, { mock, fetch: mock.fetch, signal: stop.signal })
        result.catch(() => {})
        await mock.whenHeld()
        const reason = new Error(`stopped ${call}`)
        stop.abort(reason)
        await expect(result).rejects.toBe(reason)
      }),
    )
  })

  test('offers every call for at least one fault', () => {
    const offered = new Set(names.flatMap((name) => FAULTS[name].calls))
    expect([...offered].sort()).toEqual([...callNames].sort())
  })

  test('contains only statuses that the mock supports', async () => {
    for (const code of STATUSES) {
      const mock = newMock()
      mock.inject(toFault({ ...INITIAL_PLAN, fault: 'status', parameters: { code: String(code) } }))
      expect((await mock.fetch('http://127.0.0.1:1234/v1/models')).status).toBe(code)
    }
  })
})

describe('toFault', () => {
  test('omits unset parameters and numbers that are not valid', () => {
    const plan: Plan = {
      ...INITIAL_PLAN,
      fault: 'stall',
      parameters: { afterEvents: '0', ms: ' ', keepAliveMs: 'soon' },
    }
    expect(toFault(plan)).toEqual({ name: 'stall', afterEvents: 0 })
  })

  test('converts a status code', () => {
    const plan: Plan = {
      ...INITIAL_PLAN,
      fault: 'status',
      parameters: { code: '429', retryAfter: '2', shape: 'object' },
    }
    expect(toFault(plan)).toEqual({ name: 'status-429', retryAfter: 2, shape: 'object' })
  })

  test('converts custom bytes', () => {
    const plan: Plan = {
      ...INITIAL_PLAN,
      fault: 'raw',
      parameters: { text: 'a\\nb', type: 'text/plain', status: '201' },
    }
    expect(toFault(plan)).toEqual({
      raw: { chunks: ['a\nb'], headers: { 'content-type': 'text/plain' }, status: 201 },
    })
  })
})

test('changing the fault keeps a picked call that it affects and clears the parameters', () => {
  expect(withFault(INITIAL_PLAN, 'stall').call).toBe('stream')
  expect(withFault({ ...INITIAL_PLAN, call: 'embed' }, 'html')).toMatchObject({ call: 'embed', parameters: {} })
  expect(withFault({ ...INITIAL_PLAN, call: 'embed' }, 'json-in-reasoning')).toMatchObject({ call: 'object' })
})

test.each(PRESETS.map(({ label, plan }) => [label, plan] as const))('the preset %s can run', (_, plan) => {
  const { calls, parameters = [] } = FAULTS[plan.fault]
  expect(calls).toContain(plan.call)
  const names = parameters.map(({ name }) => name)
  for (const name of Object.keys(plan.parameters)) expect(names).toContain(name)
})
