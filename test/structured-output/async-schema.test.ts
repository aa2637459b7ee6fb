import {
  generateObject,
  runTools,
  streamObject,
  tool,
  type CallOptions,
  type StandardSchemaV1,
} from 'lmstudio-provider'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { countListeners } from '../helpers/listeners.js'
import { caught } from '../integration/support/caught.js'
import { fakeProvider, toolCall, withToolCalls } from '../tools/fake-provider.js'

const REASON = new Error('changed my mind')
const prompt = { model: 'm', prompt: 'Name a bird.' }
const response = { text: '{"name":"gull"}' }

type Validate = StandardSchemaV1<unknown, { name: string }>['~standard']['validate']

/** A schema whose validation is under the control of the test. */
const schemaOf = (validate: Validate): StandardSchemaV1<unknown, { name: string }> => ({
  '~standard': {
    version: 1,
    vendor: 'homemade',
    validate,
    jsonSchema: { input: () => ({ type: 'object' }), output: () => ({ type: 'object' }) },
  },
})

const never = new Promise<never>(() => {})

const runs: readonly (readonly [string, (schema: StandardSchemaV1, options?: CallOptions) => Promise<unknown>])[] = [
  ['generateObject', (schema, options) => generateObject(fakeProvider(response), { ...prompt, schema }, options)],
  ['streamObject', (schema, options) => streamObject(fakeProvider(response), { ...prompt, schema }, options).object],
]

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe.each(runs)('%s', (_, run) => {
  test('ends at once when it is aborted while a schema validates, and leaves nothing', async () => {
    const controller = new AbortController()
    const validate = vi.fn(() => {
      queueMicrotask(() => controller.abort(REASON))
      return never
    })
    expect(await caught(run(schemaOf(validate), { signal: controller.signal }))).toBe(REASON)
    expect(validate).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
    expect(countListeners(controller.signal)).toBe(0)
  })

  test('gives up a validation that does not end after 60 s, and keeps the response', async () => {
    const running = caught(run(schemaOf(() => never)))
    await vi.advanceTimersByTimeAsync(59_999)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(await running).toMatchObject({
      name: 'OutputValidationError',
      code: 'schema-failed',
      message: 'The schema failed while it validated the response.',
      text: response.text,
      response: { text: response.text },
      cause: { message: 'The schema did not finish validating within 60 seconds.' },
    })
    expect(vi.getTimerCount()).toBe(0)
  })

  const failure = new TypeError('no database')
  test.each<[string, StandardSchemaV1]>([
    [
      'at once',
      schemaOf(() => {
        throw failure
      }),
    ],
    ['later', schemaOf(() => Promise.reject(failure))],
  ])('reports a schema that throws %s, and keeps the response', async (__, schema) => {
    const error = await caught(run(schema))
    expect(error).toMatchObject({ code: 'schema-failed', text: response.text, response: { text: response.text } })
    expect(error.cause).toBe(failure)
  })

  test('waits for a validation that ends', async () => {
    const schema = z.object({ name: z.string().refine(async (name) => name === 'gull') })
    expect(await run(schema)).toMatchObject(_ === 'streamObject' ? { name: 'gull' } : { object: { name: 'gull' } })
    expect(vi.getTimerCount()).toBe(0)
  })
})

test('generateObject ends at once when it is aborted, even if the provider ignores it', async () => {
  const controller = new AbortController()
  const complete = vi.fn(() => never)
  const running = caught(
    generateObject({ complete }, { ...prompt, schema: { type: 'object' } }, { signal: controller.signal }),
  )
  controller.abort(REASON)
  expect(await running).toBe(REASON)
  const again = generateObject({ complete }, { ...prompt, schema: { type: 'object' } }, { signal: controller.signal })
  expect(await caught(again)).toBe(REASON)
  expect(complete).toHaveBeenCalledTimes(1)
})

describe('the arguments of a tool', () => {
  const call = withToolCalls(toolCall('name_bird', { name: 'gull' }))
  const nameBird = (validate: Validate) =>
    tool({ name: 'name_bird', parameters: schemaOf(validate), execute: () => 'ok' })

  test('count as failed if their validation does not end after 60 s', async () => {
    const provider = fakeProvider(call, { text: 'Done.' })
    const running = runTools(provider, { ...prompt, tools: [nameBird(() => never)] })
    await vi.advanceTimersByTimeAsync(60_000)
    expect((await running).steps[0]?.results[0]).toMatchObject({
      outcome: 'failed',
      content: 'Error: The schema did not finish validating within 60 seconds.',
    })
  })

  test('do not delay an abort while they are validated, and leave nothing', async () => {
    const controller = new AbortController()
    const validate = (): Promise<never> => {
      queueMicrotask(() => controller.abort(REASON))
      return never
    }
    const running = runTools(
      fakeProvider(call),
      { ...prompt, tools: [nameBird(validate)] },
      { signal: controller.signal },
    )
    expect(await caught(running)).toBe(REASON)
    expect(vi.getTimerCount()).toBe(0)
    expect(countListeners(controller.signal)).toBe(0)
  })
})
