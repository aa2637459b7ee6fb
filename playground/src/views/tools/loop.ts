import { streamTools, type CallOptions, type Message, type RunToolsRequest, type ToolsEvent } from 'lmstudio-provider'
import { tokensPerSecond } from '../../lib/speed.js'
import { requireProvider } from '../../state/connection.js'
import { labeled } from '../../state/request-link.js'
import { createRound, type Round, type Run } from './run.js'

export type Input = { readonly prompt: string } | { readonly messages: readonly Message[] }

/** Runs the tool loop of this page and updates `rounds`. */
export async function runLoop(
  request: RunToolsRequest,
  { rounds, label, signal, onChange }: RunContext,
): Promise<Run['result']> {
  const labelOf = (index: number): string => `${label}, round ${index}`
  const client = requireProvider()
  // Each round has a label of its own.
  const stream = streamTools(
    {
      ...client,
      stream: (round, options?: CallOptions) =>
        client.stream(round, { ...options, ...labeled(labelOf(rounds.length - 1)) }),
    },
    request,
    { signal },
  )
  for await (const event of stream) {
    if (event.type === 'step-start') rounds.push(createRound(rounds.length, labelOf(rounds.length)))
    else applyEvent(rounds.at(-1)!, event)
    onChange()
  }
  return stream.response
}

export interface RunContext {
  /** Changes in place. */
  readonly rounds: Round[]
  readonly label: string
  readonly signal: AbortSignal
  readonly onChange: () => void
}

function applyEvent(round: Round, event: ToolsEvent): void {
  const now = performance.now()
  if (event.type === 'text-delta') round.text += event.text
  else if (event.type === 'reasoning-delta') round.reasoning += event.text
  else if (event.type === 'tool-call-start')
    round.calls[event.index] = { id: event.id, name: event.name, rawArguments: '' }
  else if (event.type === 'tool-call-delta') round.calls[event.index]!.rawArguments += event.argumentsDelta
  else if (event.type === 'completion-end') {
    round.responseMs = now - round.startedAt
    // The final response replaces what the deltas built up.
    round.text = event.response.text
    round.speed = tokensPerSecond(event.response)
    event.response.toolCalls.forEach(({ id, name, rawArguments }, index) => {
      round.calls[index] = { id, name, rawArguments, startedAt: now }
    })
  } else if (event.type === 'tool-result') {
    const call = round.calls[event.index]!
    call.result = event.result
    call.durationMs = now - call.startedAt!
  }
}
