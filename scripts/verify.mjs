#!/usr/bin/env node
// @ts-check
// Compares a running server with what docs/http-api.md assumes: npm run verify -- <endpoint> [options]. Needs no build.
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

/**
 * Imports a TypeScript source file through Vite.
 * @param {string} path
 */
const importSource = async (path) => {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url))
  const { module } = await runnerImport(file, { configFile: false, logLevel: 'error' })
  return module
}

const { createProcessIO } = await importSource('src/cli/process-io.ts')
const { runCLI } = await importSource('src/cli/run-cli.ts')
process.exitCode = await runCLI(['verify', ...argv.slice(2)], createProcessIO())
