import { parseJSON } from '../../utils/json.js'
import { type MockLMStudioServer, startMockLMStudio } from '../../testing/node-server.js'
import type { MockFault, MockFaultOptions } from '../../testing/faults/types.js'
import { UsageError } from '../arguments.js'
import type { Command } from '../command.js'
import { untilInterrupted } from '../io.js'
import { reportPortInUse } from '../report-error.js'
import { styleFor } from '../style.js'

/** LM Studio's own port, so that programs find the mock without any setting. */
const DEFAULT_PORT = 1234

export const mock: Command = {
  name: 'mock',
  summary: 'Serves a mock LM Studio on this machine, for tests and demos',
  positionals: '',
  count: { min: 0, max: 0 },
  options: {
    port: { type: 'string', value: 'n', description: `port (default: ${DEFAULT_PORT}); 0 picks a free one` },
    cors: {
      type: 'boolean',
      description: 'let pages of every origin read responses, as `lms server start --cors` does',
    },
    'api-token': { type: 'string', value: 'token', description: 'require this token' },
    fault: {
      type: 'string',
      value: 'name[:key=value,…]',
      multiple: true,
      description: 'play a fault on every request that it can affect, or only on the first n (times=n)',
    },
  },
  details: `
The mock listens on 127.0.0.1 only and generates text without a model. docs/testing.md lists faults.

  lmstudio-provider mock --cors
  lmstudio-provider mock --port 0 --fault cut:afterEvents=3,times=1 --fault status-429:retryAfter=2
`,
  async run(args, io) {
    const port = args.integer('port', 0, 65_535) ?? DEFAULT_PORT
    const { bold, dim } = styleFor(io.stdout, io.env)
    const faults = args.list('fault').map(parseFault)
    let server: MockLMStudioServer | undefined
    try {
      server = await startMockLMStudio({ port, cors: args.flag('cors'), auth: args.text('api-token') ?? false })
      for (const { fault, options } of faults) server.inject(fault, options)
    } catch (error) {
      await server?.close()
      if (error instanceof RangeError) throw new UsageError(error.message)
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      return reportPortInUse(io, port, ', perhaps by LM Studio')
    }
    // Before the output that names Ctrl+C, which may be pressed at once.
    const interrupted = untilInterrupted(io)
    io.stdout.write(`${bold('Mock LM Studio')} at ${server.url}\n${dim('Stop with Ctrl+C.')}\n`)
    await interrupted
    await server.close()
    return 0
  },
}

interface ParsedFault {
  readonly fault: MockFault
  readonly options: MockFaultOptions
}

/** Parses `name:key=value,key=value`. Values are JSON, else text. */
function parseFault(text: string): ParsedFault {
  const [name, parameters = ''] = splitOnce(text, ':')
  const entries = parameters === '' ? [] : parameters.split(',').map((pair) => splitOnce(pair, '='))
  for (const [key, value] of entries) {
    if (value === undefined) throw new UsageError(`--fault ${text}: ${key} needs a value, as in ${key}=1.`)
  }
  const values = Object.fromEntries(entries.map(([key, value]) => [key, parseJSON(value!) ?? value]))
  const { times = Number.POSITIVE_INFINITY, path, ...rest } = values
  const options = { times, ...(path === undefined ? {} : { path }) } as MockFaultOptions
  return { fault: { ...rest, name } as unknown as MockFault, options }
}

function splitOnce(text: string, separator: string): [string, string?] {
  const index = text.indexOf(separator)
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)]
}
