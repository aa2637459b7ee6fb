import type { DecisionResponse } from 'lmstudio-provider'
import { count, decimal, duration } from '../../lib/format.js'
import { Badge, type Tone } from '../../ui/badge.js'
import { EmptyState } from '../../ui/empty-state.js'
import { ErrorNote } from '../../ui/error-note.js'
import { RequestLink } from '../../ui/request-link.js'
import { RunHead } from '../../ui/run.js'
import { toOptions, type QuestionRow } from './question-rows.js'
import { run, start, type Run } from './state.js'

const STATUS_LABELS: Readonly<Record<Run['status'], readonly [tone: Tone, text: string]>> = {
  running: ['info', 'Running'],
  done: ['ok', 'Answered'],
  failed: ['bad', 'Failed'],
  stopped: ['warn', 'Stopped'],
}

const PERCENT = new Intl.NumberFormat('en', { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** The answers of the last request, with their probabilities. */
export function Answers() {
  const current = run.value
  if (current === undefined) {
    return (
      <EmptyState icon="decisions" title="Nothing asked yet">
        A decision model answers with probabilities and generates no text.
      </EmptyState>
    )
  }
  const { status, requestedRows, response, error, label } = current
  const [tone, state] = STATUS_LABELS[status]
  return (
    <div class="stack answers" id="answers">
      <RunHead tone={tone} state={state} facts={factsOf(current)}>
        <RequestLink label={label} />
      </RunHead>
      {status === 'failed' && (
        <ErrorNote error={error} title="The questions could not be answered." onRetry={() => void start()} />
      )}
      {response?.via === 'chat' && <p class="quiet small">A chat model answered. It reports no probabilities.</p>}
      {response !== undefined && (
        <ul class="answer-list" aria-label="Answers" aria-busy={status === 'running'}>
          {requestedRows.map((row) => (
            <li key={row.id}>
              <AnswerView row={row} answer={response.answers[row.name.trim()]!} />
            </li>
          ))}
        </ul>
      )}
      {status === 'running' && response === undefined && <p class="quiet">Waiting for the model…</p>}
    </div>
  )
}

const factsOf = ({ durationMs, response }: Run) => [
  response?.model,
  durationMs !== undefined && duration(durationMs),
  response?.usage.inputTokens !== undefined && `${count(response.usage.inputTokens)} input tokens`,
]

type Answer = DecisionResponse['answers'][string]

function AnswerView({ row, answer }: { readonly row: QuestionRow; readonly answer: Answer }) {
  return (
    <section class="answer" aria-label={`Answer to ${row.name}`}>
      <div class="answer-head">
        <span>
          <code>{row.name}</code> <span class="quiet small">{row.instructions}</span>
        </span>
        <Result answer={answer} />
      </div>
      <Bars row={row} answer={answer} />
      {answer.type === 'refusal' && (
        <p class="small">{answer.explanation ?? 'The model gave no reason for its refusal.'}</p>
      )}
    </section>
  )
}

function Result({ answer }: { readonly answer: Answer }) {
  if (answer.type === 'refusal')
    return (
      <Badge tone="warn" dot>
        Refused
      </Badge>
    )
  const { confidence } = answer as { readonly confidence?: number | undefined }
  return (
    <span class="answer-result">
      <strong>{resultOf(answer)}</strong>
      {confidence !== undefined && <span class="quiet small">confidence {PERCENT.format(confidence)}</span>}
    </span>
  )
}

function resultOf(answer: Exclude<Answer, { readonly type: 'refusal' }>): string {
  if (answer.type === 'predicate') return answer.isTrue ? 'Yes' : 'No'
  return answer.type === 'choice' ? String(answer.choice) : `${answer.level} (${decimal(answer.score)})`
}

/** One bar for each possible answer; none if a chat model answered. */
function Bars({ row, answer }: { readonly row: QuestionRow; readonly answer: Answer }) {
  const bars = barsOf(row, answer)
  if (bars.length === 0) return null
  const best = Math.max(...bars.map(([, probability]) => probability))
  return (
    <ul class="bars" aria-label={`Probabilities of ${row.name}`}>
      {bars.map(([value, probability]) => (
        <li key={value} class={probability === best ? 'bar-best' : undefined}>
          <span class="bar-value">{value}</span>
          <meter min={0} max={1} value={probability} aria-label={`Probability of ${value}`} />
          <span class="bar-percent">{PERCENT.format(probability)}</span>
        </li>
      ))}
    </ul>
  )
}

function barsOf(row: QuestionRow, answer: Answer): readonly (readonly [value: string, probability: number])[] {
  if (answer.type === 'predicate') {
    const { probability } = answer
    return probability === undefined
      ? []
      : [
          ['yes', probability],
          ['no', 1 - probability],
        ]
  }
  const probabilities: Readonly<Record<string, number>> | undefined = answer.probabilities
  if (probabilities === undefined) return []
  return toOptions(row.options).map(({ value }) => [value, probabilities[value] ?? 0])
}
