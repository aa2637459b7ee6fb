export { createLMStudio, lmstudio } from './create-lmstudio.js'
export type { LMStudioAISDKProvider, LMStudioEmbeddingSettings, LMStudioModelSettings } from './types.js'
export type { LMStudioOptions } from '../config/options.js'
