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

/** A call that the model makes, as it comes. */
export interface Call {
  id: string
  name: string
  rawArguments: string
  /** When the answer that holds it was whole, and so the tool began. */
  beganAt?: number
  durationMs?: number
  result?: ToolResult
}

/** One answer of the model, and the calls in it. */
export interface Round {
  readonly index: number
  readonly beganAt: number
  text: string
  reasoning: string
  /** Until the answer was whole. */
  answerMs?: number
  readonly calls: Call[]
  step?: ToolStep
}

/** One loop. Its rounds change in place; a new `Run` says that they have. */
export interface Run {
  readonly status: 'running' | 'done' | 'failed' | 'stopped'
  readonly rounds: readonly Round[]
  readonly durationMs: number
  readonly result?: RunToolsResult
  readonly error?: unknown
}

export const prompt = signal(SAMPLES[0]!.prompt)
export const offered = signal<ReadonlySet<string>>(new Set(SAMPLES.map(({ tool }) => tool.name)))
/** `auto`, `none`, `required`, or the name of a tool. */
export const choice = signal('auto')
export const maxRounds = signal('8')
export const salvages = signal(false)
export const run = signal<Run | undefined>(undefined)

export const roundsProblem = computed(() =>
  /^[1-9]\d?$/.test(maxRounds.value.trim()) ? undefined : 'A whole number from 1 to 99.',
)

// Often enough to look alive.
const SHOW_EVERY_MS = 60

let running: AbortController | undefined

export function stop(): void {
  running?.abort()
}

/** Asks what the prompt says. Never rejects: `run` says how it goes. */
export const start = (): Promise<void> => loop({ prompt: prompt.peek() }, [])

/** Goes on behind a loop that ended with its last round. */
export async function goOn(): Promise<void> {
  const { error, rounds } = run.peek() ?? {}
  if (ToolExecutionError.isInstance(error)) await loop({ messages: error.messages }, rounds ?? [])
}

async function loop(
  begin: { readonly prompt: string } | { readonly messages: readonly Message[] },
  before: readonly Round[],
): Promise<void> {
  running?.abort()
  const { signal } = (running = new AbortController())
  const began = performance.now()
  const rounds: Round[] = [...before]
  let timer: ReturnType<typeof setTimeout> | undefined
  const publish = (change: Partial<Run> = {}): void => {
    clearTimeout(timer)
    timer = undefined
    if (running?.signal !== signal) return
    run.value = { status: 'running', rounds: [...rounds], durationMs: performance.now() - began, ...change }
  }
  publish()
  try {
    const stream = streamTools(requireProvider(), toRequest(begin), { signal })
    for await (const event of stream) {
      take(rounds, event)
      timer ??= setTimeout(publish, SHOW_EVERY_MS)
    }
    publish({ status: 'done', result: await stream.response })
  } catch (error) {
    publish(signal.aborted ? { status: 'stopped' } : { status: 'failed', error })
  }
}

/** Writes down what an event says. */
function take(rounds: Round[], event: ToolsEvent): void {
  const now = performance.now()
  if (event.type === 'step-start') {
    rounds.push({ index: rounds.length, beganAt: now, text: '', reasoning: '', calls: [] })
    return
  }
  const round = rounds.at(-1)!
  if (event.type === 'text-delta') round.text += event.text
  else if (event.type === 'reasoning-delta') round.reasoning += event.text
  else if (event.type === 'tool-call-start')
    round.calls[event.index] = { id: event.id, name: event.name, rawArguments: '' }
  else if (event.type === 'tool-call-delta') round.calls[event.index]!.rawArguments += event.argumentsDelta
  else if (event.type === 'completion-end') {
    round.answerMs = now - round.beganAt
    // What was told bit by bit, and what was not, as it is in the end.
    round.text = event.response.text
    event.response.toolCalls.forEach(({ id, name, rawArguments }, index) => {
      round.calls[index] = { id, name, rawArguments, beganAt: now }
    })
  } else if (event.type === 'tool-result') {
    const call = round.calls[event.index]!
    call.result = event.result
    call.durationMs = now - call.beganAt!
  } else if (event.type === 'step-end') round.step = event.step
}

function toRequest(begin: { readonly prompt: string } | { readonly messages: readonly Message[] }): RunToolsRequest {
  const model = chatModel.peek()?.id
  if (model === undefined) throw new Error('The server has no model that chats. Download one in LM Studio.')
  return {
    ...begin,
    model,
    tools: SAMPLES.map(({ tool }) => tool).filter(({ name }) => offered.peek().has(name)),
    toolChoice: toolChoice(choice.peek()),
    maxRounds: Number(maxRounds.peek()),
    parseTextToolCalls: salvages.peek(),
  }
}

function toolChoice(chosen: string): ToolChoice {
  if (chosen === 'none' || chosen === 'required') return chosen
  return offered.peek().has(chosen) ? { tool: chosen } : 'auto'
}
