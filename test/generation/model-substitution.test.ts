import { describe, expect, it } from 'vitest'
import type { LogEvent } from '../../src/config/options.js'
import { reportSubstitution } from '../../src/generation/model-substitution.js'
import { ENDPOINT, json, testClient } from '../helpers/client.js'
import { thrownBy } from '../helpers/provider-errors.js'

/** Reports a response of one model to the request of another; returns what is logged. */
function warnings(requested: string, actual: string): string[] {
  const events: LogEvent[] = []
  const { config } = testClient({ fetch: async () => json({}), logger: (event) => void events.push(event) })
  reportSubstitution(config, { requested, actual, response: {} })
  return events.map(({ level, type, message }) => `${level} ${type} ${message}`)
}

describe('a response of a model', () => {
  it.each([
    ['acme/tern-4b', 'acme/tern-4b'],
    ['ACME/Tern-4B', ' acme/tern-4b '],
    ['tern-4b', 'acme/tern-4b'],
    ['acme/tern-4b', 'tern-4b'],
    ['acme/tern-4b@q4_k_m', 'acme/tern-4b'],
    ['acme/tern-4b:2', 'acme/tern-4b@q8_0:3'],
    ['tern:latest', 'tern'],
    ['tern:7b', 'tern'],
    ['tern', 'tern:7b'],
    ['tern:7b', 'tern:latest'],
    ['tern-4b', 'C:\\models\\acme\\tern-4b.gguf'],
    ['/models/tern-4b/', 'tern-4b'],
    ['/models/tern-4b///', 'tern-4b'],
    ['tern-4b.safetensors', 'tern-4b'],
    ['tern-4b.bin', 'tern-4b'],
    ['tern-4b', 'tern-4b-2024-08-06'],
    ['tern-4b', 'tern-4b-20240806'],
    ['tern-4b', 'tern-4b-latest'],
    ['tern-4b', 'tern-4b-Q4_K_M.gguf'],
    ['tern-4b', 'tern-4b.q8_0.gguf'],
    ['tern-4b', 'tern-4b-iq2_xs'],
    ['tern-4b', 'tern-4b-q4'],
    ['tern-4b', 'tern-4b-q16'],
    ['tern-4b', 'tern-4b-f16'],
    ['tern-4b', 'tern-4b-bf16'],
    ['tern-4b', 'tern-4b-f32'],
    ['tern-4b', 'tern-4b-fp16'],
    ['tern-4b', 'tern-4b-fp8'],
    ['tern-4b', 'tern-4b-mxfp4'],
    ['tern:12', 'tern:13'],
    ['tern-4b', ''],
    ['acme/tern:7b', 'tern:7b'],
    ['', 'tern-4b'],
  ])('is that of the requested one: %j and %j', (requested, actual) => {
    expect(warnings(requested, actual)).toEqual([])
  })

  it.each([
    ['acme/tern-4b', 'acme/heron'],
    ['acme/tern-4b', 'other/tern-4b'],
    ['acme/big-tern', 'tern'],
    ['tern', 'acme/big-tern'],
    ['tern:7b', 'tern:70b'],
    ['tern:7b', 'heron:7b'],
    ['tern:2x', 'tern:3x'],
    ['tern', 'tern-long'],
    ['tern@a/b', 'tern'],
    ['tern:a/b', 'tern'],
    ['tern.gguf.x', 'tern'],
    ['tern-2024-08', 'tern'],
    ['tern-2024-08-060', 'tern'],
    ['tern-2024-08-06-x', 'tern'],
    ['tern-1234567', 'tern'],
    ['tern-123456789', 'tern'],
    ['tern20240806', 'tern'],
    ['tern-latest-x', 'tern'],
    ['ternlatest', 'tern'],
    ['tern-q4-x', 'tern'],
    ['ternq4', 'tern'],
    ['tern-qwen', 'tern'],
    ['tern-f64', 'tern'],
    ['tern-latest1', 'tern'],
    ['a@b/tern', 'a/tern'],
    ['host:1234/tern:7b', 'tern:70b'],
    ['host:1234/tern', 'host/tern'],
    ['tern.gguf-x', 'tern-x'],
    ['tern-latest-x', 'tern-x'],
    ['tern-q4-x', 'tern-x'],
    ['tern:v2', 'tern:v3'],
    ['tern:chat', 'tern:code'],
  ])('is reported as one of another model: %s and %s', (requested, actual) => {
    expect(warnings(requested, actual)).toEqual([
      `warn model-substituted The server answered with the model ${actual} instead of ${requested}.`,
    ])
  })

  it('needs no logger', () => {
    const { config } = testClient({ fetch: async () => json({}) })
    expect(() => reportSubstitution(config, { requested: 'tern', actual: 'heron', response: {} })).not.toThrow()
  })

  it('is an error with what arrived if the application wants one', () => {
    const { config } = testClient({ fetch: async () => json({}), onModelSubstituted: 'error' })
    const response = { text: 'Seven.' }
    const error = thrownBy(() => reportSubstitution(config, { requested: 'acme/tern', actual: 'heron', response }))
    expect(error).toMatchObject({
      name: 'ModelNotFoundError',
      code: 'model-substituted',
      model: 'acme/tern',
      endpoint: ENDPOINT,
      message: expect.stringContaining('heron instead of acme/tern') as string,
    })
    expect((error as { partial: unknown }).partial).toBe(response)
  })
})
