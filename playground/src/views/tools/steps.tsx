import { ToolExecutionError, type ToolResult } from 'lmstudio-provider'
import { count, decimal, duration } from '../../lib/format.js'
import { Badge, type Tone } from '../../ui/badge.js'
import { Button } from '../../ui/button.js'
import { CodeBlock } from '../../ui/code-block.js'
import { EmptyState } from '../../ui/empty-state.js'
import { ErrorNote } from '../../ui/error-note.js'
import { goOn, run, start, type Call, type Round, type Run } from './work.js'

const SAID: Readonly<Record<Run['status'], readonly [tone: Tone, text: string]>> = {
  running: ['info', 'Working'],
  done: ['ok', 'Answered'],
  failed: ['bad', 'Ended early'],
  stopped: ['warn', 'Stopped'],
}

const OUTCOMES: Readonly<Record<ToolResult['outcome'], readonly [tone: Tone, text: string]>> = {
  done: ['ok', 'done'],
  failed: ['bad', 'failed'],
  'invalid-arguments': ['bad', 'arguments do not fit'],
  'unknown-tool': ['bad', 'no such tool'],
}

/** The loop, round by round, while it goes. */
export function Steps() {
  const now = run.value
  if (now === undefined) {
    return (
      <EmptyState icon="tools" title="Nothing asked yet">
        The model asks for tools, this page runs them, the model reads what came of it: each of these rounds is shown.
      </EmptyState>
    )
  }
  const { status, rounds, durationMs, error, result } = now
  const [tone, text] = SAID[status]
  return (
    <div class="stack steps" id="steps">
      <div class="steps-head">
        <span role="status">
          <Badge tone={tone} dot>
            {text}
          </Badge>
        </span>
        <span class="quiet small">
          {rounds.length} {rounds.length === 1 ? 'round' : 'rounds'} · {duration(durationMs)}
        </span>
      </div>
      <ol class="rounds" aria-label="Rounds">
        {rounds.map((round) => (
          <li key={round.index}>
            <RoundView round={round} isRunning={status === 'running'} />
          </li>
        ))}
      </ol>
      {status === 'failed' && <Failure error={error} />}
      {result !== undefined && (
        <>
          <dl class="facts">
            <div>
              <dt>Tokens read</dt>
              <dd>{count(result.usage.inputTokens)}</dd>
            </div>
            <div>
              <dt>Tokens written</dt>
              <dd>{count(result.usage.outputTokens)}</dd>
            </div>
            <div>
              <dt>Messages</dt>
              <dd>{result.messages.length}</dd>
            </div>
          </dl>
          <details class="conversation">
            <summary>The whole conversation</summary>
            <CodeBlock code={JSON.stringify(result.messages, null, 2)} language="json" label="the conversation" />
          </details>
        </>
      )}
    </div>
  )
}

function Failure({ error }: { readonly error: unknown }) {
  const canGoOn = ToolExecutionError.isInstance(error) && error.messages.length > 0
  return (
    <>
      <ErrorNote error={error} title="There is no answer." onRetry={() => void start()} />
      {canGoOn && (
        <div class="row">
          <Button icon="play" onClick={() => void goOn()}>
            Go on from here
          </Button>
        </div>
      )}
    </>
  )
}

function RoundView({ round, isRunning }: { readonly round: Round; readonly isRunning: boolean }) {
  const { index, text, reasoning, calls, answerMs, step } = round
  const { tokensPerSecond } = step?.response.stats ?? {}
  const isWaiting = isRunning && text === '' && reasoning === '' && calls.length === 0
  return (
    <article class="round" aria-label={`Round ${index + 1}`}>
      <div class="round-head">
        <h3>Round {index + 1}</h3>
        <span class="quiet small">
          {answerMs === undefined ? (isRunning ? 'answering…' : 'not finished') : `answered in ${duration(answerMs)}`}
          {tokensPerSecond !== undefined && ` · ${decimal(tokensPerSecond)} tokens/s`}
        </span>
      </div>
      {isWaiting && <p class="quiet small">Waiting for the model…</p>}
      {reasoning !== '' && (
        <details class="round-thoughts">
          <summary>Thoughts</summary>
          <p class="round-text quiet">{reasoning}</p>
        </details>
      )}
      {text !== '' && <p class="round-text">{text}</p>}
      {calls.length > 0 && (
        <ul class="calls" aria-label={`Calls of round ${index + 1}`}>
          {calls.map((call) => (
            <li key={call.id}>
              <CallView call={call} isRunning={isRunning} />
            </li>
          ))}
        </ul>
      )}
    </article>
  )
}

function CallView({ call, isRunning }: { readonly call: Call; readonly isRunning: boolean }) {
  const { name, rawArguments, beganAt, durationMs, result } = call
  const waiting = beganAt === undefined ? 'writing the arguments' : 'running'
  const [tone, text] =
    result === undefined
      ? ([isRunning ? 'info' : 'warn', isRunning ? waiting : 'cut short'] as const)
      : OUTCOMES[result.outcome]
  return (
    <div class="call">
      <div class="call-head">
        <code class="call-name">{name === '' ? '(no name)' : name}</code>
        <Badge tone={tone} dot>
          {text}
        </Badge>
        {durationMs !== undefined && <span class="quiet small">{duration(durationMs)}</span>}
      </div>
      <dl class="call-parts">
        <dt>Arguments</dt>
        <dd>
          <Content text={rawArguments === '' ? '…' : rawArguments} label={`Arguments of ${name}`} />
        </dd>
        {result !== undefined && (
          <>
            <dt>{result.outcome === 'done' ? 'Result' : 'The model is told'}</dt>
            <dd>
              <Content text={result.content} label={`What ${name} gave`} />
            </dd>
          </>
        )}
      </dl>
    </div>
  )
}

// What is longer is put into a box that scrolls, which the keyboard must reach.
const MAX_OPEN = 400

function Content({ text, label }: { readonly text: string; readonly label: string }) {
  if (text.length <= MAX_OPEN) return <code>{text}</code>
  return (
    <div class="call-long" tabIndex={0} role="region" aria-label={label}>
      <code>{text}</code>
    </div>
  )
}
