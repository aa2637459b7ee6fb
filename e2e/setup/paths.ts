import { fileURLToPath } from 'node:url'

/** A path of the repository, from its root. */
export const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
