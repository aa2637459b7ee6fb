import { createLMStudio } from '../../create-lmstudio.js'
import { UsageError } from '../arguments.js'
import { CONNECTION_OPTIONS, type Command, ENDPOINT_OPTION } from '../command.js'
import { completedOptions } from '../connection.js'
import { type IO, untilInterrupted } from '../io.js'
import { type Proxy, startProxy } from '../proxy/server.js'
import { reportPortInUse } from '../report-error.js'
import { styleFor } from '../style.js'
import { oneLine } from '../text.js'

const DEFAULT_PORT = 1235

/** Enough for a person who looks for the right origin. A page can send requests without end. */
const MAX_REPORTED_ORIGINS = 20

/** Returns a function that prints each refused origin once: the page itself cannot see why it is refused. */
function refusalReporter({ stderr, env }: IO): (origin: string) => void {
  const reported = new Set<string>()
  const { yellow } = styleFor(stderr, env)
  return (origin) => {
    if (reported.has(origin) || reported.size >= MAX_REPORTED_ORIGINS) return
    reported.add(origin)
    const name = oneLine(origin)
    const message =
      origin === 'null'
        ? 'Refused a page without an origin, such as a file. Serve it.'
        : `Refused a page of ${name}. To let it in, start the proxy with --origin ${name}.`
    stderr.write(`${yellow('warning:')} ${message}\n`)
  }
}

export const proxy: Command = {
  name: 'proxy',
  summary: 'Lets pages of the origins that you name use a server, and no other page',
  positionals: '',
  count: { min: 0, max: 0 },
  options: {
    origin: { type: 'string', value: 'url', multiple: true, description: 'origin of a page that may use the proxy' },
    port: {
      type: 'string',
      value: 'n',
      description: `port on 127.0.0.1 (default: ${DEFAULT_PORT}); 0 picks a free one`,
    },
    ...ENDPOINT_OPTION,
    ...CONNECTION_OPTIONS,
  },
  details: `
The safe alternative to CORS for every page: leave CORS off in LM Studio, and let the page use the address of the proxy
as its endpoint. The proxy listens on 127.0.0.1 only, forwards to one server only, and adds the API token if there is one.

  lmstudio-provider proxy --origin https://app.example
  lmstudio-provider proxy --origin https://app.example --origin http://localhost:5173 --endpoint http://127.0.0.1:1234
`,
  async run(args, io) {
    const origins = args.list('origin').map(parseOrigin)
    if (origins.length === 0)
      throw new UsageError('Expected --origin with the origin of a page, as in --origin https://app.example.')
    const port = args.integer('port', 0, 65_535) ?? DEFAULT_PORT
    const options = completedOptions(args, io)
    const { endpoint } = createLMStudio(options)
    const { apiToken } = options
    let server: Proxy
    try {
      server = await startProxy({
        endpoint,
        origins,
        port,
        apiToken: typeof apiToken === 'function' ? apiToken : () => apiToken,
        onRefused: refusalReporter(io),
      })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      return reportPortInUse(io, port)
    }
    // Before the output that names Ctrl+C, which may be pressed at once.
    const interrupted = untilInterrupted(io)
    const { bold, dim } = styleFor(io.stdout, io.env)
    const token = apiToken === undefined ? '' : ', with the API token'
    io.stdout.write(`${bold('Proxy')} at ${server.url} → ${endpoint}${token}\n`)
    io.stdout.write(`Pages of ${origins.join(', ')} may use it.\n${dim('Stop with Ctrl+C.')}\n`)
    await interrupted
    await server.close()
    return 0
  },
}

function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`
  if (isOrigin) return url.origin
  if (text === '*') throw new UsageError('--origin * would let every page use the server. Name the origins that may.')
  throw new UsageError(
    `--origin must be the origin of a page, such as https://app.example, not ${JSON.stringify(text)}.`,
  )
}
