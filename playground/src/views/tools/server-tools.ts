import type { ChatEvent, ChatRequest } from 'lmstudio-provider'
import { tokensPerSecond } from '../../lib/speed.js'
import { requireProvider } from '../../state/connection.js'
import { labeled } from '../../state/request-link.js'
import type { RunContext } from './loop.js'
import { createRound, type Round, type Run } from './run.js'

/** Lets LM Studio run the tools of its integrations, and updates `rounds` with what it reports. */
export async function runOnServer(
  request: ChatRequest,
  { rounds, label, signal, onChange }: RunContext,
): Promise<Run['result']> {
  const stream = requireProvider().streamChat(request, { signal, ...labeled(label) })
  for await (const event of stream) {
    applyEvent(roundOf(rounds, event, label), event)
    onChange()
  }
  const response = await stream.response
  const round = rounds.at(-1)
  if (round !== undefined) round.speed = tokensPerSecond(response)
  return response
}

const CONTENT: readonly ChatEvent['type'][] = ['reasoning-start', 'text-start', 'tool-call-start']

/** Starts a round with the first content after the results of tools: the model has read them then. */
function roundOf(rounds: Round[], { type }: ChatEvent, label: string): Round {
  const last = rounds.at(-1)
  const hasResults = last?.calls.length !== 0 && last?.calls.every(({ result }) => result !== undefined)
  if (last !== undefined && !(hasResults && CONTENT.includes(type))) return last
  const next = createRound(rounds.length, label)
  rounds.push(next)
  return next
}

function applyEvent(round: Round, event: ChatEvent): void {
  const now = performance.now()
  const call = round.calls.at(-1)
  switch (event.type) {
    case 'text-delta':
      round.text += event.text
      break
    case 'reasoning-delta':
      round.reasoning += event.text
      break
    case 'tool-call-start':
      round.calls.push({ id: `call ${round.calls.length}`, name: event.name, rawArguments: '' })
      break
    case 'tool-call-arguments':
      if (call === undefined) break
      call.rawArguments = JSON.stringify(event.arguments)
      call.startedAt = now
      break
    case 'tool-call-success':
    case 'tool-call-failure':
      round.responseMs ??= now - round.startedAt
      if (call === undefined) break
      call.durationMs = now - (call.startedAt ?? now)
      call.result =
        event.type === 'tool-call-success'
          ? { outcome: 'done', content: event.output }
          : { outcome: event.kind === 'invalid-arguments' ? 'invalid-arguments' : 'failed', content: event.reason }
      break
    case 'chat-end':
      round.responseMs ??= now - round.startedAt
      break
    default:
  }
}
