import { createRequire } from 'node:module'

/** Returns the version of the package. The package refers to itself, so that this works from `src/` and from `dist/`. */
export function packageVersion(): string {
  return (createRequire(import.meta.url)('lmstudio-provider/package.json') as { version: string }).version
}
