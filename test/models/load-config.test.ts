import { describe, expect, it } from 'vitest'
import {
  fromWireConfig,
  meetsConfig,
  toLoadBody,
  toLoadEcho,
  toUnloadBody,
  toWireConfig,
} from '../../src/models/load-config.js'

const settings = {
  contextLength: 4096,
  evalBatchSize: 256,
  flashAttention: false,
  numExperts: 4,
  offloadKVCacheToGPU: true,
}
const wire = {
  context_length: 4096,
  eval_batch_size: 256,
  flash_attention: false,
  num_experts: 4,
  offload_kv_cache_to_gpu: true,
}

describe('load settings', () => {
  it('renames every setting in both directions', () => {
    expect(toWireConfig(settings)).toEqual(wire)
    expect(fromWireConfig(wire)).toEqual(settings)
  })

  it('leaves out settings that are undefined', () => {
    expect(toWireConfig({})).toEqual({})
    expect(toWireConfig({ contextLength: 1, flashAttention: undefined })).toEqual({ context_length: 1 })
  })

  it('leaves out reported values of an unexpected type', () => {
    expect(fromWireConfig({ ...wire, context_length: '4096', flash_attention: null, parallel: 4 })).toEqual({
      evalBatchSize: 256,
      numExperts: 4,
      offloadKVCacheToGPU: true,
    })
    for (const none of [undefined, null, 'x', []]) expect(fromWireConfig(none)).toEqual({})
  })

  it('writes the bodies of a load and an unload', () => {
    expect(toLoadBody('a', { context_length: 1 })).toEqual({ model: 'a', context_length: 1, echo_load_config: true })
    expect(toUnloadBody('a:2')).toEqual({ instance_id: 'a:2' })
  })
})

describe('meetsConfig', () => {
  it.each<[string, boolean, object, object]>([
    ['no requested setting', true, wire, {}],
    ['the same settings', true, wire, wire],
    ['some of the settings', true, wire, { num_experts: 4 }],
    ['another context length', false, wire, { context_length: 8192 }],
    ['one different setting among equal ones', false, wire, { ...wire, flash_attention: true }],
    ['a setting that is not reported', true, { context_length: 4096 }, { flash_attention: true }],
    ['a setting that is reported as null', true, { num_experts: null }, { num_experts: 2 }],
  ])('compares %s: %s', (_name, expected, reported, requested) =>
    expect(meetsConfig(reported as never, requested)).toBe(expected),
  )

  it('accepts the value that the server once applied instead of the requested one', () => {
    const echo = toLoadEcho({ context_length: 5000 }, { load_config: { context_length: 4096 } })
    expect(meetsConfig(wire, { context_length: 5000 }, echo)).toBe(true)
    expect(meetsConfig(wire, { context_length: 6000 }, echo)).toBe(false)
    expect(meetsConfig({ context_length: 2048 }, { context_length: 5000 }, echo)).toBe(false)
  })

  it('does not accept another value if the server did not report what it applied', () => {
    for (const response of [{}, { load_config: null }]) {
      const echo = toLoadEcho({ context_length: 5000 }, response)
      expect(meetsConfig(wire, { context_length: 5000 }, echo)).toBe(false)
    }
  })
})
