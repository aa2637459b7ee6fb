export * from '../index.js'
// These stand before those of the same name above.
export { createLMStudio } from './create-lmstudio.js'
export { diagnose } from './diagnose.js'
export { discover } from './discover.js'
export { loadConfig } from './load-config.js'

export type { ConfigSetting, LoadConfigOptions, LoadedConfig } from './load-config.js'
