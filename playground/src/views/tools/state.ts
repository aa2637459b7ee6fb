import { computed, signal } from '@preact/signals'
import { ToolExecutionError, type ToolChoice } from 'lmstudio-provider'
import { chatModel } from '../../state/models.js'
import { SAMPLES } from '../../tools/samples.js'
import { areIntegrationsValid, integrationRows, toIntegration } from './integrations.js'
import { runLoop, type Input, type RunContext } from './loop.js'
import { availableTools } from './own-tools.js'
import type { Round, Run } from './run.js'
import { runOnServer } from './server-tools.js'

export const prompt = signal(SAMPLES[0]!.prompt)
/** Where the tools run: in this page, or in LM Studio as MCP servers and plugins. */
export const place = signal<'page' | 'server'>('page')
export const selectedTools = signal<ReadonlySet<string>>(new Set(SAMPLES.map(({ tool }) => tool.name)))
/** `auto`, `none`, `required`, or the name of a tool. */
export const choice = signal('auto')
export const maxRounds = signal('8')
export const parsesTextCalls = signal(false)
export const run = signal<Run | undefined>(undefined)

export const roundsProblem = computed(() =>
  /^[1-9]\d?$/.test(maxRounds.value.trim()) ? undefined : 'Enter a whole number from 1 to 99.',
)
export const toolsToSend = computed(() => availableTools.value.filter(({ tool }) => selectedTools.value.has(tool.name)))
export const canStart = computed(
  () =>
    chatModel.value !== undefined &&
    prompt.value.trim() !== '' &&
    (place.value === 'server'
      ? areIntegrationsValid.value
      : toolsToSend.value.length > 0 && roundsProblem.value === undefined),
)

/** Selects or deselects a tool. */
export function selectTool(name: string, isSelected: boolean): void {
  const next = new Set(selectedTools.value)
  if (isSelected) next.add(name)
  else next.delete(name)
  selectedTools.value = next
  if (!isSelected && choice.value === name) choice.value = 'auto'
}

// Frequent enough to look continuous.
const PUBLISH_INTERVAL_MS = 60

let running: AbortController | undefined
let runs = 0

export function stop(): void {
  running?.abort()
}

/** Runs the loop for the prompt. Never rejects: `run` holds the state. */
export function start(): Promise<void> {
  return place.peek() === 'page'
    ? follow([], (context) => runLoop(toLoopRequest({ prompt: prompt.peek() }), context))
    : follow([], (context) => runOnServer(toChatRequest(), context))
}

/** Continues a loop that stopped at its maximum number of rounds. */
export async function continueLoop(): Promise<void> {
  const { error, rounds = [] } = run.peek() ?? {}
  if (!ToolExecutionError.isInstance(error)) return
  const { messages } = error
  await follow(rounds, (context) => runLoop(toLoopRequest({ messages }), context))
}

/** Publishes the rounds of a run while it changes them. */
async function follow(
  previousRounds: readonly Round[],
  work: (context: RunContext) => Promise<Run['result']>,
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
    const onChange = (): void => {
      timer ??= setTimeout(publish, PUBLISH_INTERVAL_MS)
    }
    const result = await work({ rounds, label: `tools ${++runs}`, signal, onChange })
    publish({ status: 'done', ...(result === undefined ? {} : { result }) })
  } catch (error) {
    publish(signal.aborted ? { status: 'stopped' } : { status: 'failed', error })
  }
}

function requireModel(): string {
  const model = chatModel.peek()?.id
  if (model === undefined) throw new Error('The server has no chat model. Download one in LM Studio.')
  return model
}

const toLoopRequest = (input: Input) => ({
  ...input,
  model: requireModel(),
  tools: toolsToSend.peek().map(({ tool }) => tool),
  toolChoice: toToolChoice(choice.peek()),
  maxRounds: Number(maxRounds.peek()),
  parseTextToolCalls: parsesTextCalls.peek(),
})

const toChatRequest = () => ({
  model: requireModel(),
  input: prompt.peek(),
  integrations: integrationRows.peek().map(toIntegration),
})

function toToolChoice(value: string): ToolChoice {
  if (value === 'none' || value === 'required') return value
  return selectedTools.peek().has(value) ? { tool: value } : 'auto'
}
