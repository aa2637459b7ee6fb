import { ToolExecutionError, type ToolResult } from 'lmstudio-provider'
import { count, decimal, duration, plural } from '../../lib/format.js'
import { Badge, type Tone } from '../../ui/badge.js'
import { Button } from '../../ui/button.js'
import { CodeBlock } from '../../ui/code-block.js'
import { EmptyState } from '../../ui/empty-state.js'
import { ErrorNote } from '../../ui/error-note.js'
import { GrowingMarkdown } from '../../ui/growing-markdown.js'
import { RequestLink } from '../../ui/request-link.js'
import { RunHead } from '../../ui/run.js'
import type { Call, Round, Run } from './run.js'
import { continueLoop, run, start } from './state.js'

const STATUS_LABELS: Readonly<Record<Run['status'], readonly [tone: Tone, text: string]>> = {
  running: ['info', 'Working'],
  done: ['ok', 'Done'],
  failed: ['bad', 'Failed'],
  stopped: ['warn', 'Stopped'],
}

const OUTCOMES: Readonly<Record<ToolResult['outcome'], readonly [tone: Tone, text: string]>> = {
  done: ['ok', 'done'],
  failed: ['bad', 'failed'],
  'invalid-arguments': ['bad', 'invalid arguments'],
  'unknown-tool': ['bad', 'unknown tool'],
}

/** The rounds of the latest loop. */
export function Rounds() {
  const current = run.value
  if (current === undefined) {
    return (
      <EmptyState icon="tools" title="Nothing has run yet">
        Each round shows the model’s tool calls and their results.
      </EmptyState>
    )
  }
  const { status, rounds, durationMs, error, result } = current
  const [tone, state] = STATUS_LABELS[status]
  return (
    <div class="stack steps" id="rounds">
      <RunHead tone={tone} state={state} facts={[plural(rounds.length, 'round'), duration(durationMs)]} />
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
              <dt>Input tokens</dt>
              <dd>{count(result.usage.inputTokens)}</dd>
            </div>
            <div>
              <dt>Output tokens</dt>
              <dd>{count(result.usage.outputTokens)}</dd>
            </div>
            {result.messages !== undefined && (
              <div>
                <dt>Messages</dt>
                <dd>{result.messages.length}</dd>
              </div>
            )}
          </dl>
          {result.messages !== undefined && (
            <details class="conversation">
              <summary>All messages</summary>
              <CodeBlock code={JSON.stringify(result.messages, null, 2)} language="json" label="All messages as JSON" />
            </details>
          )}
        </>
      )}
    </div>
  )
}

function Failure({ error }: { readonly error: unknown }) {
  const canContinue = ToolExecutionError.isInstance(error) && error.messages.length > 0
  return (
    <>
      <ErrorNote error={error} title="The loop failed." onRetry={() => void start()} />
      {canContinue && (
        <div class="row">
          <Button icon="play" onClick={() => void continueLoop()}>
            Continue
          </Button>
        </div>
      )}
    </>
  )
}

function RoundView({ round, isRunning }: { readonly round: Round; readonly isRunning: boolean }) {
  const { index, text, reasoning, calls, responseMs, speed, label } = round
  const isWaiting = isRunning && text === '' && reasoning === '' && calls.length === 0
  return (
    <article class="round" aria-label={`Round ${index + 1}`}>
      <div class="round-head">
        <h3>Round {index + 1}</h3>
        <span class="quiet small round-facts">
          {responseMs === undefined
            ? isRunning
              ? 'responding…'
              : 'not finished'
            : `responded in ${duration(responseMs)}`}
          {speed !== undefined && ` · ${decimal(speed)} tokens/s`}
          <RequestLink label={label} />
        </span>
      </div>
      {isWaiting && <p class="quiet small">Waiting for the model…</p>}
      {reasoning !== '' && (
        <details class="round-thoughts">
          <summary>Reasoning</summary>
          <p class="round-text quiet">{reasoning}</p>
        </details>
      )}
      {text !== '' && <GrowingMarkdown text={text} isStreaming={isRunning && responseMs === undefined} />}
      {calls.length > 0 && (
        <ul class="calls" aria-label={`Tool calls of round ${index + 1}`}>
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
  const { name, rawArguments, startedAt, durationMs, result } = call
  const progress = startedAt === undefined ? 'receiving arguments' : 'running'
  const [tone, text] =
    result === undefined
      ? ([isRunning ? 'info' : 'warn', isRunning ? progress : 'interrupted'] as const)
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
            <dt>{result.outcome === 'done' ? 'Result' : 'Error sent to the model'}</dt>
            <dd>
              <Content text={result.content} label={`Result of ${name}`} />
            </dd>
          </>
        )}
      </dl>
    </div>
  )
}

/** Longer texts go into a scroll box, which must be focusable for keyboard users. */
const MAX_INLINE = 400

function Content({ text, label }: { readonly text: string; readonly label: string }) {
  if (text.length <= MAX_INLINE) return <code>{text}</code>
  return (
    <div class="call-long" tabIndex={0} role="region" aria-label={label}>
      <code>{text}</code>
    </div>
  )
}
