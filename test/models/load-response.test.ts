import { expect, it } from 'vitest'
import { fromInstance, fromLoaded, loadedSchema } from '../../src/models/load-response.js'
import { parseResponse } from '../../src/validation/validate.js'
import { fixtureJSON } from '../helpers/fixtures.js'

const parse = (body: unknown) => parseResponse(loadedSchema(), body, 'The response')

it('reads the recorded response to a load with its settings', () => {
  expect(fromLoaded(parse(fixtureJSON('load-echo.json')), fixtureJSON('load-echo.json'), 'vlm')).toEqual({
    instanceId: 'acme/tern-4b',
    type: 'vlm',
    wasLoaded: false,
    loadTimeMs: 6400,
    config: { contextLength: 16_384, evalBatchSize: 512, flashAttention: true, offloadKVCacheToGPU: true },
    raw: fixtureJSON('load-echo.json'),
  })
})

it('reads the recorded responses without settings and of an embedding model', () => {
  expect(fromLoaded(parse(fixtureJSON('load.json')), {}, undefined)).toMatchObject({ type: 'llm', config: {} })
  expect(fromLoaded(parse(fixtureJSON('load-embedding.json')), {}, undefined)).toMatchObject({
    type: 'embedding',
    loadTimeMs: 800,
    config: { contextLength: 2048 },
  })
})

it.each([{}, { load_time_seconds: null, load_config: null, type: null }, { type: 'diffusion' }])(
  'invents nothing that a response to a load leaves out: %j',
  (more) => {
    const result = fromLoaded(parse({ instance_id: 'a', ...more }), {}, undefined)
    expect(result).toMatchObject({ instanceId: 'a', type: 'unknown', config: {} })
    expect(result).not.toHaveProperty('loadTimeMs')
  },
)

it('reports a load time of 0', () =>
  expect(fromLoaded(parse({ instance_id: 'a', load_time_seconds: 0 }), {}, 'llm').loadTimeMs).toBe(0))

it('describes an instance that was already loaded by its entry in the list', () => {
  const config = { context_length: 8192, flash_attention: true, parallel: 4 }
  const instance = { id: 'a:2', contextLength: 8192, config }
  expect(fromInstance(instance, { type: 'llm' } as never)).toEqual({
    instanceId: 'a:2',
    type: 'llm',
    wasLoaded: true,
    config: { contextLength: 8192, flashAttention: true },
    raw: { id: 'a:2', config },
  })
})
