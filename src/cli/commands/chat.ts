import { createInterface } from 'node:readline'
import type { CompletionStream } from '../../completions/types.js'
import type { LMStudioOptions, LogEvent } from '../../config/options.js'
import { hintFor } from '../../errors/error-codes.js'
import { ModelNotFoundError } from '../../errors/errors.js'
import { fitsRequest } from '../../models/pick-model.js'
import type { LMStudioProvider } from '../../provider.js'
import type { CompletionResponse, Message } from '../../types.js'
import { type Arguments, UsageError } from '../arguments.js'
import { CONNECTION_OPTIONS, type Command, ENDPOINT_OPTION } from '../command.js'
import { createLMStudio } from '../../create-lmstudio.js'
import { completedOptions } from '../connection.js'
import { INTERRUPTED, type IO, Interrupted, type Output, interruptSignal } from '../io.js'
import { jsonLines, withoutRaw } from '../json.js'
import { reportError } from '../report-error.js'
import { styleFor } from '../style.js'
import { forTerminal, oneLine } from '../text.js'

export const chat: Command = {
  name: 'chat',
  summary: 'Chats with a model: one prompt, piped text, or a conversation in the terminal',
  positionals: '[prompt …]',
  count: { min: 0, max: Number.POSITIVE_INFINITY },
  options: {
    model: {
      type: 'string',
      value: 'id',
      description: 'model (default: LMSTUDIO_MODEL, a loaded one, else the first that can chat)',
    },
    system: { type: 'string', value: 'text', description: 'system message' },
    ...ENDPOINT_OPTION,
    ...CONNECTION_OPTIONS,
    json: { type: 'boolean', description: 'print each response as one line of JSON, when it is complete' },
  },
  details: `
Without a prompt, text from a pipe is the prompt, and a terminal starts a conversation. With - as the last argument, the
text from the pipe follows the prompt; without it, a prompt leaves the pipe alone. Ctrl+C stops a response; a second one
quits.
Exit code: 0, 1 if a response fails, 130 after Ctrl+C.

  lmstudio-provider chat Why is the sea salty?
  git diff | lmstudio-provider chat Write a commit message: -
`,
  async run(args, io) {
    const prompt = await readPrompt(args, io)
    const session = await startSession(args, io)
    if (prompt === undefined) return await runConversation(session, io)
    const { signal, release } = interruptSignal(io)
    try {
      await session.respond(prompt, signal)
      return 0
    } finally {
      release()
    }
  },
}

/** Returns the prompt of the arguments and the pipe, or `undefined` for a conversation. */
async function readPrompt({ positionals }: Arguments, { stdin, stderr, env }: IO): Promise<string | undefined> {
  const readsPipe = positionals.at(-1) === '-' || (positionals.length === 0 && stdin.isTTY !== true)
  const words = positionals.at(-1) === '-' ? positionals.slice(0, -1) : positionals
  if (!readsPipe && words.length === 0) return undefined
  if (!readsPipe) return checkPrompt(words.join(' '), 'The prompt')
  if (stdin.isTTY === true) stderr.write(`${styleFor(stderr, env).dim('Reading the prompt until Ctrl+D.')}\n`)
  const piped = (await readAll(stdin)).trim()
  return checkPrompt([words.join(' '), piped].filter(Boolean).join('\n\n'), 'Standard input')
}

function checkPrompt(prompt: string, source: string): string {
  if (prompt.trim() === '') throw new UsageError(`${source} is empty.`)
  return prompt
}

/** A multiple of the largest context of any model. An endless pipe would otherwise fill the memory. */
const MAX_PIPED_MB = 32

async function readAll(stdin: IO['stdin']): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > MAX_PIPED_MB * 1_000_000) {
      throw new UsageError(`Standard input has more than ${MAX_PIPED_MB} MB, which no model can read.`)
    }
    if (bytes.includes(0)) throw new UsageError('Standard input is not text in UTF-8: it contains a zero byte.')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

interface Session {
  readonly model: string
  readonly isJSON: boolean
  /** Requests a response and prints it while it arrives. A turn that fails leaves no trace in the conversation. */
  readonly respond: (prompt: string, signal: AbortSignal) => Promise<void>
}

async function startSession(args: Arguments, io: IO): Promise<Session> {
  const options = completedOptions(args, io)
  const warnings = holdWarnings(options.logger)
  const provider = createLMStudio({ ...options, logger: warnings.log })
  const { signal, release } = interruptSignal(io)
  const model = args.text('model') ?? options.model ?? (await chooseModel(provider, signal).finally(release))
  release()
  const system = args.text('system')
  const isJSON = args.flag('json')
  let messages: readonly Message[] = system === undefined ? [] : [{ role: 'system', content: system }]
  return {
    model,
    isJSON,
    async respond(prompt, abortSignal) {
      const turn: Message[] = [...messages, { role: 'user', content: prompt }]
      const stream = provider.stream({ model, messages: turn }, { signal: abortSignal })
      const response = await warnings.during(() => (isJSON ? stream.response : printStream(stream, io)))
      if (isJSON) io.stdout.write(jsonLines(withoutRaw(response)))
      messages = [...turn, { role: 'assistant', content: response.text }]
    },
  }
}

/** Keeps warnings apart from the response that is being printed, and shows each of them once in a conversation. */
function holdWarnings(logger: LMStudioOptions['logger']): {
  readonly log: (event: LogEvent) => void
  readonly during: <T>(print: () => Promise<T>) => Promise<T>
} {
  const logged = new Set<string>()
  let held: LogEvent[] | undefined
  return {
    log(event) {
      if (logged.has(event.message)) return
      if (event.level === 'warn') logged.add(event.message)
      if (held === undefined) logger?.(event)
      else held.push(event)
    },
    async during(print) {
      held = []
      try {
        return await print()
      } finally {
        const events = held
        held = undefined
        for (const event of events) logger?.(event)
      }
    },
  }
}

async function chooseModel(provider: LMStudioProvider, signal: AbortSignal): Promise<string> {
  const models = (await provider.listModels({ signal })).filter((model) => fitsRequest(model, {}))
  const model = models.find(({ state }) => state === 'loaded') ?? models[0]
  if (model !== undefined) return model.id
  throw new ModelNotFoundError('The server has no model that can chat.', {
    availableModels: [],
    code: 'no-models-loaded',
    hint: hintFor('no-models-loaded', 'no-models'),
  })
}

/** Prints the text of a response as it arrives, and on a terminal also the reasoning. */
async function printStream(stream: CompletionStream, { stdout, env }: IO): Promise<CompletionResponse> {
  const isTerminal = stdout.isTTY === true
  const { dim } = styleFor(stdout, env)
  let last: 'reasoning' | 'text' | undefined
  try {
    for await (const event of stream) {
      if (event.type === 'reasoning-delta' && isTerminal) {
        stdout.write(dim(forTerminal(event.text)))
        last = 'reasoning'
      }
      if (event.type === 'text-delta') {
        if (last === 'reasoning') stdout.write('\n\n')
        stdout.write(isTerminal ? forTerminal(event.text) : event.text)
        last = 'text'
      }
    }
  } finally {
    if (last !== undefined) stdout.write('\n')
  }
  return await stream.response
}

/** Reads lines from the terminal and responds to each, until Ctrl+D or Ctrl+C at the prompt. */
async function runConversation(session: Session, io: IO): Promise<number> {
  // A file or a program gets the responses alone.
  const screen = session.isJSON || io.stdout.isTTY !== true ? io.stderr : io.stdout
  const { dim } = styleFor(screen, io.env)
  screen.write(`${dim(`Chatting with ${oneLine(session.model)}. Ctrl+C stops a response, Ctrl+D quits.`)}\n`)
  const lines = createInterface({
    input: io.stdin,
    output: screen as unknown as NodeJS.WritableStream,
    terminal: screen.isTTY === true,
    prompt: '> ',
  })
  let running: AbortController | undefined
  let wasInterrupted = false
  let isOpen = true
  const interrupt = (signal: string = 'SIGINT'): void => {
    const stopsResponse = running?.signal.aborted === false && signal === 'SIGINT'
    running?.abort(new Interrupted())
    if (stopsResponse) return
    wasInterrupted = true
    lines.close()
  }
  // On a terminal the interface reads Ctrl+C as a key. Elsewhere it stays a signal.
  lines.on('SIGINT', interrupt)
  lines.on('close', () => {
    isOpen = false
  })
  const release = io.onInterrupt(interrupt)
  try {
    lines.prompt()
    for await (const line of lines) {
      if (line.trim() !== '') {
        running = new AbortController()
        await respondToLine(session, line, running.signal, { io, screen })
        running = undefined
      }
      if (isOpen) lines.prompt()
    }
  } finally {
    release()
    lines.close()
  }
  screen.write('\n')
  return wasInterrupted ? INTERRUPTED : 0
}

/** A response that fails or is stopped does not end the conversation. */
async function respondToLine(
  session: Session,
  line: string,
  signal: AbortSignal,
  { io, screen }: { readonly io: IO; readonly screen: Output },
): Promise<void> {
  try {
    await session.respond(line, signal)
  } catch (error) {
    if (error instanceof Interrupted) screen.write(`${styleFor(screen, io.env).dim('(stopped)')}\n`)
    else reportError(error, io, { command: 'chat', isJSON: session.isJSON })
  }
}
