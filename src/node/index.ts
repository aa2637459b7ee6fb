export * from '../index.js'
// These replace the exports of the same name from the main entry.
export { createLMStudio } from './create-lmstudio.js'
export { diagnose } from './diagnose.js'
export { discover } from './discover.js'
export { loadConfig } from './load-config.js'

export type { ConfigSetting, LoadConfigOptions, LoadedConfig } from './load-config.js'
