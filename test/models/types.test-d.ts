import {
  createLMStudio,
  type CallOptions,
  type DownloadOptions,
  type DownloadProgress,
  type DownloadResult,
  type LoadConfig,
  type LoadedModel,
  type LoadSettings,
  type ModelType,
} from 'lmstudio-provider'
import type { GenericSchema } from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import type { EntriesOf } from '../../src/validation/schema.js'

const lmstudio = createLMStudio()

describe('loadModel', () => {
  it('loadModel requires only a model', () => {
    expectTypeOf(lmstudio.loadModel).toBeCallableWith('acme/tern-4b')
    expectTypeOf(lmstudio.loadModel).toBeCallableWith(
      'acme/tern-4b',
      { contextLength: 8192, forceNew: true },
      { timeout: 5 },
    )
    expectTypeOf(lmstudio.loadModel).parameters.toEqualTypeOf<
      [model: string, config?: LoadConfig | undefined, options?: CallOptions | undefined]
    >()
    expectTypeOf(lmstudio.loadModel).returns.resolves.toEqualTypeOf<LoadedModel>()
    // @ts-expect-error the name of the setting is misspelled
    void lmstudio.loadModel('acme/tern-4b', { contextLenght: 8192 })
    // @ts-expect-error the route does not report progress
    void lmstudio.loadModel('acme/tern-4b', { onProgress: () => {} })
  })

  it('loadModel and downloadModel accept undefined for every setting under exactOptionalPropertyTypes', () => {
    expectTypeOf<{ [K in keyof LoadConfig]-?: undefined }>().toExtend<LoadConfig>()
    expectTypeOf<{ [K in keyof DownloadOptions]-?: undefined }>().toExtend<DownloadOptions>()
  })

  it('loadModel resolves to an instance and its settings', () => {
    expectTypeOf<LoadedModel['instanceId']>().toBeString()
    expectTypeOf<LoadedModel['type']>().toEqualTypeOf<ModelType>()
    expectTypeOf<LoadedModel['config']>().toEqualTypeOf<LoadSettings>()
    expectTypeOf<LoadedModel>().toHaveProperty('loadTimeMs')
  })
})

describe('unloadModel', () => {
  it('unloadModel accepts a model or an instance and resolves to nothing', () => {
    expectTypeOf(lmstudio.unloadModel).parameters.toEqualTypeOf<
      [modelOrInstance: string, options?: CallOptions | undefined]
    >()
    expectTypeOf(lmstudio.unloadModel).returns.resolves.toBeVoid()
  })
})

describe('downloadModel', () => {
  it('downloadModel passes the progress to onProgress', () => {
    void lmstudio.downloadModel('acme/tern-4b', {
      onProgress(now) {
        expectTypeOf(now).toEqualTypeOf<DownloadProgress>()
        expectTypeOf(now.status).toEqualTypeOf<'downloading' | 'paused' | 'completed'>()
      },
    })
    expectTypeOf(lmstudio.downloadModel).toBeCallableWith('acme/tern-4b', { onProgress: async () => {} })
  })

  it('downloadModel resolves to a result that has a status', () => {
    expectTypeOf(lmstudio.downloadModel).returns.resolves.toEqualTypeOf<DownloadResult>()
    expectTypeOf<DownloadResult['status']>().toEqualTypeOf<'completed' | 'already-downloaded'>()
  })
})

describe('the entries of a request schema', () => {
  const schema = {} as GenericSchema
  const settings = {
    contextLength: schema,
    evalBatchSize: schema,
    flashAttention: schema,
    numExperts: schema,
    offloadKVCacheToGPU: schema,
  }

  it('must have every setting of loadModel', () => {
    expectTypeOf({ ...settings, forceNew: schema }).toExtend<EntriesOf<LoadConfig>>()
    // @ts-expect-error `forceNew` is missing
    void (settings satisfies EntriesOf<LoadConfig>)
    // @ts-expect-error the name of a setting is misspelled
    void ({ ...settings, forceNew: schema, contextLenght: schema } satisfies EntriesOf<LoadConfig>)
  })

  it('must have every setting of downloadModel', () => {
    expectTypeOf({ quantization: schema, jobId: schema, onProgress: schema }).toExtend<EntriesOf<DownloadOptions>>()
    // @ts-expect-error `onProgress` is missing
    void ({ quantization: schema, jobId: schema } satisfies EntriesOf<DownloadOptions>)
    // @ts-expect-error the name of a setting is misspelled
    void ({ quantization: schema, jobID: schema, onProgress: schema } satisfies EntriesOf<DownloadOptions>)
  })
})
