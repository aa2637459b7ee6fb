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
import { describe, expectTypeOf, it } from 'vitest'

const lmstudio = createLMStudio()

describe('loadModel', () => {
  it('needs a model only', () => {
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
    // @ts-expect-error no such setting
    void lmstudio.loadModel('acme/tern-4b', { contextLenght: 8192 })
    // @ts-expect-error the route tells no progress
    void lmstudio.loadModel('acme/tern-4b', { onProgress: () => {} })
  })

  it('takes undefined for every setting under exactOptionalPropertyTypes', () => {
    expectTypeOf<{ [K in keyof LoadConfig]-?: undefined }>().toExtend<LoadConfig>()
    expectTypeOf<{ [K in keyof DownloadOptions]-?: undefined }>().toExtend<DownloadOptions>()
  })

  it('gives an instance and its settings', () => {
    expectTypeOf<LoadedModel['instanceId']>().toBeString()
    expectTypeOf<LoadedModel['type']>().toEqualTypeOf<ModelType>()
    expectTypeOf<LoadedModel['config']>().toEqualTypeOf<LoadSettings>()
    expectTypeOf<LoadedModel>().toHaveProperty('loadTimeMs')
  })
})

describe('unloadModel', () => {
  it('takes a model or an instance and gives nothing', () => {
    expectTypeOf(lmstudio.unloadModel).parameters.toEqualTypeOf<
      [modelOrInstance: string, options?: CallOptions | undefined]
    >()
    expectTypeOf(lmstudio.unloadModel).returns.resolves.toBeVoid()
  })
})

describe('downloadModel', () => {
  it('tells onProgress how far it is', () => {
    void lmstudio.downloadModel('acme/tern-4b', {
      onProgress(now) {
        expectTypeOf(now).toEqualTypeOf<DownloadProgress>()
        expectTypeOf(now.status).toEqualTypeOf<'downloading' | 'paused' | 'completed'>()
      },
    })
    expectTypeOf(lmstudio.downloadModel).toBeCallableWith('acme/tern-4b', { onProgress: async () => {} })
  })

  it('ends with the model there', () => {
    expectTypeOf(lmstudio.downloadModel).returns.resolves.toEqualTypeOf<DownloadResult>()
    expectTypeOf<DownloadResult['status']>().toEqualTypeOf<'completed' | 'already-downloaded'>()
  })
})
