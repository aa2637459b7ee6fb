import { ProviderError } from 'lmstudio-provider'
import { brief } from '../../inspector/phases.js'
import { placeOf } from '../../inspector/routes.js'
import { duration } from '../../lib/format.js'
import { useNow } from '../../lib/use-now.js'
import { linkTo } from '../../state/route.js'
import { Badge, type Tone } from '../../ui/badge.js'
import { Button } from '../../ui/button.js'
import { Card } from '../../ui/card.js'
import { CodeBlock } from '../../ui/code-block.js'
import { EmptyState } from '../../ui/empty-state.js'
import { StatusBadge } from '../inspector/status-badge.js'
import { isAbout } from './calls.js'
import { InCode } from './in-code.js'
import { run, type Run } from './lab.js'

/** What the library says. */
export function Result() {
  const now = run.value
  return (
    <Card title="What the library says" class="fault-result">
      {now === undefined ? (
        <EmptyState icon="faults" title="Nothing has gone wrong yet">
          Pick a problem above, or put one together and run it.
        </EmptyState>
      ) : (
        <One run={now} />
      )}
    </Card>
  )
}

/** How often the call asked for what it is about. */
const attemptsOf = ({ plan, requests }: Run): number =>
  requests.value.filter(({ url }) => isAbout(plan.call, url)).length

interface Verdict {
  readonly tone: Tone
  readonly word: string
  readonly sentence: string
}

function judge(now: Run): Verdict {
  const result = now.result.value
  const again = attemptsOf(now) - 1
  const tries = again === 1 ? 'once more' : `${again} times more`
  if (result === undefined) return { tone: 'info', word: 'running', sentence: 'The call is under way.' }
  if (result.kind === 'stopped') {
    return {
      tone: 'quiet',
      word: 'stopped',
      sentence: 'You stopped it: the call ended with the reason of your own abort.',
    }
  }
  if (result.kind === 'failed') {
    const retried = again > 0 ? ` It had asked ${tries}.` : ''
    return { tone: 'bad', word: 'error', sentence: `The library threw an error.${retried}` }
  }
  if (now.plan.call === 'healthCheck') {
    return { tone: 'ok', word: 'told', sentence: 'A health check never throws: the report says what is wrong.' }
  }
  return again > 0
    ? { tone: 'ok', word: 'healed', sentence: `The library healed it: it asked ${tries}, and got an answer.` }
    : { tone: 'ok', word: 'healed', sentence: 'The library coped with it: the call got its answer at the first try.' }
}

function One({ run: now }: { readonly run: Run }) {
  const result = now.result.value
  const { tone, word, sentence } = judge(now)
  return (
    <div class="stack">
      <div class="fault-verdict">
        <Badge tone={tone} dot={result === undefined}>
          {word}
        </Badge>
        <span role="status">{sentence}</span>
        <Clock run={now} />
      </div>
      {result === undefined && (
        <div class="row">
          <Button kind="danger" icon="stop" onClick={now.stop}>
            Stop
          </Button>
          <Button icon="play" onClick={now.release} title="Lets the mock go on where it waits to be released">
            Let it go on
          </Button>
        </div>
      )}
      {result?.kind === 'failed' && <Thrown error={result.error} />}
      <Spoken run={now} />
      {result?.kind === 'answered' && (
        <section class="stack" aria-label="The answer">
          <h3>The answer</h3>
          <CodeBlock
            code={JSON.stringify(result.value, null, 2) ?? 'undefined'}
            language="json"
            label="The answer as the library gives it"
          />
        </section>
      )}
      <Requests run={now} />
    </div>
  )
}

function Clock({ run: now }: { readonly run: Run }) {
  const ended = now.durationMs.value
  const time = useNow(100, ended === undefined)
  return <span class="quiet fault-clock">{duration(ended ?? Math.max(0, time - now.startedAt))}</span>
}

/** Text of an answer that has none as a whole. */
function Spoken({ run: { text, result } }: { readonly run: Run }) {
  const isOver = result.value !== undefined
  if (text.value === '' || result.value?.kind === 'answered') return null
  return (
    <section class="stack" aria-label="Text so far">
      <h3>{isOver ? 'Text that had come' : 'Text so far'}</h3>
      <p class="fault-text">{text.value}</p>
    </section>
  )
}

function Thrown({ error }: { readonly error: unknown }) {
  if (!ProviderError.isInstance(error)) {
    return <p class="error-note">{error instanceof Error ? `${error.name}: ${error.message}` : String(error)}</p>
  }
  const { partial } = error as { readonly partial?: object }
  const { name, message, hint, code, isRetryable, endpoint: _, ...more } = error.toJSON()
  return (
    <>
      <div class="error-note">
        <p class="error-title">{String(name)}</p>
        <p>
          <InCode text={String(message)} />
        </p>
        <p class="error-hint">
          <b>Next step:</b> <InCode text={String(hint)} />
        </p>
      </div>
      <dl class="facts">
        <div>
          <dt>code</dt>
          <dd>
            <code>{String(code)}</code>
          </dd>
        </div>
        <div>
          <dt>isRetryable</dt>
          <dd>{String(isRetryable)}</dd>
        </div>
        {Object.entries(more)
          .filter(([, value]) => typeof value !== 'object')
          .map(([fact, value]) => (
            <div key={fact}>
              <dt>{fact}</dt>
              <dd>{String(value)}</dd>
            </div>
          ))}
      </dl>
      {partial !== undefined && (
        <section class="stack" aria-label="What the error hands over">
          <h3>
            What it hands over: <code>error.partial</code>
          </h3>
          <CodeBlock
            code={JSON.stringify({ ...partial, raw: undefined }, null, 2)}
            language="json"
            label="The partial answer"
          />
        </section>
      )}
      <details>
        <summary>
          All of it: <code>error.toJSON()</code>
        </summary>
        <CodeBlock code={JSON.stringify(error, null, 2)} language="json" label="The error as JSON" />
      </details>
    </>
  )
}

function Requests({ run: { requests, log } }: { readonly run: Run }) {
  if (requests.value.length === 0) return null
  return (
    <section class="stack" aria-label="Requests made">
      <h3>Requests made: {requests.value.length}</h3>
      <ol class="fault-requests">
        {requests.value.map(({ id, method, url, progress }) => {
          const { timing, error } = progress.value
          return (
            <li key={id}>
              <a href={linkTo('inspector', String(id))}>
                {method} {placeOf(url).route}
              </a>
              <StatusBadge progress={progress.value} />
              <span class="quiet small">
                {timing.end === undefined ? '' : brief(timing.end)} {error}
              </span>
            </li>
          )
        })}
      </ol>
      {log.value.length > 0 && (
        <ul class="fault-log">
          {log.value.map(({ message, delayMs }, index) => (
            <li key={index} class="quiet small">
              {delayMs === undefined ? '' : `Asks again after ${duration(delayMs)}: `}
              {message}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
