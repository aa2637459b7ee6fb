#!/usr/bin/env node
import { createProcessIO } from './process-io.js'
import { runCLI } from './run-cli.js'

// Not `process.exit`, which would cut off what is still being written to a pipe.
process.exitCode = await runCLI(process.argv.slice(2), createProcessIO())
