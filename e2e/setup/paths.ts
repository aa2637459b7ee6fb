import { fileURLToPath } from 'node:url'

/** A path of the repository, from its root. */
export const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** The built playground. `PLAYGROUND_DIST` names one that is built already; then nothing is built before the tests. */
export const PLAYGROUND: string = process.env.PLAYGROUND_DIST ?? 'playground/dist'
