import { fileURLToPath } from 'node:url'

/** Resolves a path relative to the root of the repository. */
export const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** The folder of the built playground. If `PLAYGROUND_DIST` names an existing build, nothing is built before the tests. */
export const PLAYGROUND: string = process.env.PLAYGROUND_DIST ?? 'playground/dist'
