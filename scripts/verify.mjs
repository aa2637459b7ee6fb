#!/usr/bin/env node
// @ts-check
// Compares a running server with what docs/http-api.md assumes: npm run verify -- <endpoint> [options]. Needs no build.
import { argv } from 'node:process'
import { importSource } from './lib/import-source.mjs'

const { createProcessIO } = await importSource('src/cli/process-io.ts')
const { runCLI } = await importSource('src/cli/run-cli.ts')
process.exitCode = await runCLI(['verify', ...argv.slice(2)], createProcessIO())
