import { streamObject, type StandardSchemaV1 } from 'lmstudio-provider'
import { describe, expect, test } from 'vitest'
import { deferred } from '../helpers/deferred.js'
import { countListeners } from '../helpers/listeners.js'
import { caught } from '../integration/support/caught.js'
import { watchRejections } from '../integration/support/watch.js'
import { fakeProvider } from '../tools/fake-provider.js'

const prompt = { model: 'm', prompt: 'Name a bird.' } as const
const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
const gull = '{"name":"gull"}'

async function partialsOf(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const partials: unknown[] = []
  for await (const partial of stream) partials.push(structuredClone(partial))
  return partials
}

test('yields nothing for deltas before the object begins', async () => {
  const stream = streamObject(fakeProvider({ deltas: ['Here: ', '{"name":"gu', 'll"}', ' Enjoy.'] }), {
    ...prompt,
    schema,
  })
  expect(await partialsOf(stream)).toEqual([{ name: 'gu' }, { name: 'gull' }])
})

test('yields objects from the reasoning only if it starts with JSON', async () => {
  const prose = { reasoning: ['Try [1] or ', '{"name":"tern"}'], deltas: [gull] }
  expect(await partialsOf(streamObject(fakeProvider(prose), { ...prompt, schema }))).toEqual([{ name: 'gull' }])
  const onlyReasoning = { reasoning: ['{"name":"gu', 'll"}'], text: '' }
  expect(await partialsOf(streamObject(fakeProvider(onlyReasoning), { ...prompt, schema }))).toEqual([
    { name: 'gu' },
    { name: 'gull' },
  ])
})

describe('an abort while the response is validated', () => {
  /** A schema that rejects every value, once `finish` is called. */
  function slowSchema() {
    const [started, finished] = [deferred(), deferred()]
    const validate = async () => {
      started.resolve()
      await finished.promise
      return { issues: [{ message: 'no' }] }
    }
    const jsonSchema = { input: () => ({}), output: () => ({}) }
    const schema: StandardSchemaV1 = { '~standard': { version: 1, vendor: 'slow', validate, jsonSchema } }
    return { schema, started: started.promise, finish: finished.resolve }
  }
  const reason = new Error('changed my mind')

  test.each(['signal', 'abort()'])('by %s rejects at once and sends no repair request', async (by) => {
    const controller = new AbortController()
    const slow = slowSchema()
    const provider = fakeProvider({ text: gull })
    const request = { ...prompt, schema: slow.schema, repair: true }
    const stream = streamObject(provider, request, { signal: controller.signal })
    const failure = caught(stream.object)
    await slow.started
    if (by === 'signal') controller.abort(reason)
    else stream.abort(reason)
    expect(await failure).toBe(reason)
    slow.finish()
    await new Promise(setImmediate)
    expect(provider.requests).toHaveLength(1)
    expect(countListeners(controller.signal)).toBe(0)
  })
})

test('causes no unhandled rejection if its promises are not awaited', async () => {
  const rejections = watchRejections()
  const stream = streamObject(fakeProvider({ text: 'Gulls.' }), { ...prompt, schema })
  void stream.object
  void stream.response
  expect(await rejections()).toEqual([])
  expect(await caught(stream.object)).toMatchObject({ code: 'output-not-json' })
})
