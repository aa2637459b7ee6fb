import { describe, expect, it } from 'vitest'
import { fits, fromWireConfig, toEcho, toLoadBody, toUnloadBody, toWireConfig } from '../../src/models/load-config.js'

const ours = {
  contextLength: 4096,
  evalBatchSize: 256,
  flashAttention: false,
  numExperts: 4,
  offloadKVCacheToGPU: true,
}
const theirs = {
  context_length: 4096,
  eval_batch_size: 256,
  flash_attention: false,
  num_experts: 4,
  offload_kv_cache_to_gpu: true,
}

describe('the settings of a load', () => {
  it('are the same there and back', () => {
    expect(toWireConfig(ours)).toEqual(theirs)
    expect(fromWireConfig(theirs)).toEqual(ours)
  })

  it('are only those that were given', () => {
    expect(toWireConfig({})).toEqual({})
    expect(toWireConfig({ contextLength: 1, flashAttention: undefined })).toEqual({ context_length: 1 })
  })

  it('are left out where the server says something else', () => {
    expect(fromWireConfig({ ...theirs, context_length: '4096', flash_attention: null, parallel: 4 })).toEqual({
      evalBatchSize: 256,
      numExperts: 4,
      offloadKVCacheToGPU: true,
    })
    for (const none of [undefined, null, 'x', []]) expect(fromWireConfig(none)).toEqual({})
  })

  it('go with the model and the wish for an echo', () => {
    expect(toLoadBody('a', { context_length: 1 })).toEqual({ model: 'a', context_length: 1, echo_load_config: true })
    expect(toUnloadBody('a:2')).toEqual({ instance_id: 'a:2' })
  })
})

describe('an instance fits', () => {
  it.each<[string, boolean, object, object]>([
    ['no wish', true, theirs, {}],
    ['the same', true, theirs, theirs],
    ['part of it', true, theirs, { num_experts: 4 }],
    ['another context', false, theirs, { context_length: 8192 }],
    ['one that differs among others', false, theirs, { ...theirs, flash_attention: true }],
    ['what it does not report', true, { context_length: 4096 }, { flash_attention: true }],
    ['what it reports as null', true, { num_experts: null }, { num_experts: 2 }],
  ])('%s: %s', (_name, expected, reported, asked) => expect(fits(reported as never, asked)).toBe(expected))

  it('a wish of which the server once made what it has now', () => {
    const echo = toEcho({ context_length: 5000 }, { instance_id: 'a', load_config: { context_length: 4096 } })
    expect(fits(theirs, { context_length: 5000 }, echo)).toBe(true)
    expect(fits(theirs, { context_length: 6000 }, echo)).toBe(false)
    expect(fits({ context_length: 2048 }, { context_length: 5000 }, echo)).toBe(false)
  })

  it('nothing that the server did not echo', () => {
    expect(fits(theirs, { context_length: 5000 }, toEcho({ context_length: 5000 }, { instance_id: 'a' }))).toBe(false)
  })
})
