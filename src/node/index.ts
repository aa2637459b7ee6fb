export * from '../index.js'
// Stands before the one of the same name among those above.
export { createLMStudio } from './create-lmstudio.js'
export { loadConfig } from './load-config.js'

export type { ConfigSetting, LoadConfigOptions, LoadedConfig } from './load-config.js'
