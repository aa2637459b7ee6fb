import { computed, signal } from '@preact/signals'
import {
  streamTools,
  ToolExecutionError,
  type Message,
  type RunToolsRequest,
  type RunToolsResult,
  type ToolChoice,
  type ToolResult,
  type ToolsEvent,
  type ToolStep,
} from 'lmstudio-provider'
import { requireProvider } from '../../state/connection.js'
import { chatModel } from '../../state/models.js'
import { SAMPLES } from '../../tools/samples.js'

/** A tool call. */
export interface Call {
  id: string
  name: string
  rawArguments: string
  /** When the response was complete and the tool started. */
  startedAt?: number
  durationMs?: number
  result?: ToolResult
}

/** One model response and its tool calls. */
export interface Round {
  readonly index: number
  readonly startedAt: number
  text: string
  reasoning: string
  /** Time until the response was complete, in ms. */
  responseMs?: number
  readonly calls: Call[]
  step?: ToolStep
}

/** One tool loop. Rounds change in place; each change publishes a new `Run`. */
export interface Run {
  readonly status: 'running' | 'done' | 'failed' | 'stopped'
  readonly rounds: readonly Round[]
  readonly durationMs: number
  readonly result?: RunToolsResult
  readonly error?: unknown
}

export const prompt = signal(SAMPLES[0]!.prompt)
export const selectedTools = signal<ReadonlySet<string>>(new Set(SAMPLES.map(({ tool }) => tool.name)))
/** `auto`, `none`, `required`, or the name of a tool. */
export const choice = signal('auto')
export const maxRounds = signal('8')
export const parsesTextCalls = signal(false)
export const run = signal<Run | undefined>(undefined)

export const roundsProblem = computed(() =>
  /^[1-9]\d?$/.test(maxRounds.value.trim()) ? undefined : 'Enter a whole number from 1 to 99.',
)

// Frequent enough to look continuous.
const PUBLISH_INTERVAL_MS = 60

let running: AbortController | undefined

export function stop(): void {
  running?.abort()
}

/** Runs the loop for the prompt. Never rejects: `run` holds the state. */
export const start = (): Promise<void> => loop({ prompt: prompt.peek() }, [])

/** Continues a loop that stopped at its maximum number of rounds. */
export async function continueLoop(): Promise<void> {
  const { error, rounds } = run.peek() ?? {}
  if (ToolExecutionError.isInstance(error)) await loop({ messages: error.messages }, rounds ?? [])
}

async function loop(
  input: { readonly prompt: string } | { readonly messages: readonly Message[] },
  previousRounds: readonly Round[],
): Promise<void> {
  running?.abort()
  const { signal } = (running = new AbortController())
  const start = performance.now()
  const rounds: Round[] = [...previousRounds]
  let timer: ReturnType<typeof setTimeout> | undefined
  const publish = (change: Partial<Run> = {}): void => {
    clearTimeout(timer)
    timer = undefined
    if (running?.signal !== signal) return
    run.value = { status: 'running', rounds: [...rounds], durationMs: performance.now() - start, ...change }
  }
  publish()
  try {
    const stream = streamTools(requireProvider(), toRequest(input), { signal })
    for await (const event of stream) {
      applyEvent(rounds, event)
      timer ??= setTimeout(publish, PUBLISH_INTERVAL_MS)
    }
    publish({ status: 'done', result: await stream.response })
  } catch (error) {
    publish(signal.aborted ? { status: 'stopped' } : { status: 'failed', error })
  }
}

/** Updates the rounds with an event. */
function applyEvent(rounds: Round[], event: ToolsEvent): void {
  const now = performance.now()
  if (event.type === 'step-start') {
    rounds.push({ index: rounds.length, startedAt: now, text: '', reasoning: '', calls: [] })
    return
  }
  const round = rounds.at(-1)!
  if (event.type === 'text-delta') round.text += event.text
  else if (event.type === 'reasoning-delta') round.reasoning += event.text
  else if (event.type === 'tool-call-start')
    round.calls[event.index] = { id: event.id, name: event.name, rawArguments: '' }
  else if (event.type === 'tool-call-delta') round.calls[event.index]!.rawArguments += event.argumentsDelta
  else if (event.type === 'completion-end') {
    round.responseMs = now - round.startedAt
    // The final response replaces what the deltas built up.
    round.text = event.response.text
    event.response.toolCalls.forEach(({ id, name, rawArguments }, index) => {
      round.calls[index] = { id, name, rawArguments, startedAt: now }
    })
  } else if (event.type === 'tool-result') {
    const call = round.calls[event.index]!
    call.result = event.result
    call.durationMs = now - call.startedAt!
  } else if (event.type === 'step-end') round.step = event.step
}

function toRequest(input: { readonly prompt: string } | { readonly messages: readonly Message[] }): RunToolsRequest {
  const model = chatModel.peek()?.id
  if (model === undefined) throw new Error('The server has no chat model. Download one in LM Studio.')
  return {
    ...input,
    model,
    tools: SAMPLES.map(({ tool }) => tool).filter(({ name }) => selectedTools.peek().has(name)),
    toolChoice: toToolChoice(choice.peek()),
    maxRounds: Number(maxRounds.peek()),
    parseTextToolCalls: parsesTextCalls.peek(),
  }
}

function toToolChoice(value: string): ToolChoice {
  if (value === 'none' || value === 'required') return value
  return selectedTools.peek().has(value) ? { tool: value } : 'auto'
}
