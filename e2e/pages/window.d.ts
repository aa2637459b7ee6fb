import type * as library from 'lmstudio-provider'

declare global {
  interface Window {
    /** The built package, set by empty.html. */
    readonly library: typeof library
  }
}
