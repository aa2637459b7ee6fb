// @ts-check
import { importSource } from '../lib/import-source.mjs'

/** @type {import('../lib/reliability-results.mjs').Part['run']} */
export const run = async (options) => (await importSource('test/reliability/crowd/run.ts')).runCrowd(options)
