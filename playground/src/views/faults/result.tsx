import { ProviderError, type CompletionResponse } from 'lmstudio-provider'
import { shortDuration } from '../../inspector/phases.js'
import { routeOf } from '../../inspector/routes.js'
import { duration, plural } from '../../lib/format.js'
import { splitDetails } from '../../lib/split-details.js'
import { useNow } from '../../lib/use-now.js'
import { linkTo } from '../../state/route.js'
import { Badge, type Tone } from '../../ui/badge.js'
import { Button } from '../../ui/button.js'
import { Card } from '../../ui/card.js'
import { CodeBlock } from '../../ui/code-block.js'
import { EmptyState } from '../../ui/empty-state.js'
import { StatusBadge } from '../inspector/status-badge.js'
import { isRouteOf } from './calls.js'
import { InlineCode } from './inline-code.js'
import { run, type Run } from './lab.js'

/** The result of the latest run. */
export function Result() {
  const current = run.value
  return (
    <Card title="Result" class="fault-result">
      {current === undefined ? (
        <EmptyState icon="faults" title="Nothing has run yet">
          Pick a problem above, or set up a fault and run it.
        </EmptyState>
      ) : (
        <RunResult run={current} />
      )}
    </Card>
  )
}

/** How many routes of the call were requested, and how many requests were retries. */
function countRequests({ plan, requests }: Run): { readonly routes: number; readonly retries: number } {
  const urls = requests.value.map(({ url }) => url).filter((url) => isRouteOf(plan.call, url))
  const routes = new Set(urls).size
  return { routes, retries: urls.length - routes }
}

interface Verdict {
  readonly tone: Tone
  readonly label: string
  readonly sentence: string
}

function toVerdict(run: Run): Verdict {
  const result = run.result.value
  const { routes, retries } = countRequests(run)
  if (result === undefined) return { tone: 'info', label: 'running', sentence: 'The call is running.' }
  if (result.kind === 'stopped') {
    return {
      tone: 'quiet',
      label: 'stopped',
      sentence: 'You stopped the call. It rejected with your abort reason.',
    }
  }
  if (result.kind === 'failed') {
    const retried = retries > 0 ? ` It retried ${retries === 1 ? 'once' : `${retries} times`}.` : ''
    const tried = routes > 1 ? ` It tried ${routes} routes.` : ''
    return { tone: 'bad', label: 'error', sentence: `The library threw an error.${tried}${retried}` }
  }
  if (run.plan.call === 'healthCheck') {
    return { tone: 'ok', label: 'reported', sentence: 'A health check does not throw. It reports the problem.' }
  }
  if (hasBrokenArguments(result.value)) {
    return {
      tone: 'warn',
      label: 'incomplete',
      sentence: 'The call succeeded, but the arguments of a tool call are not valid JSON.',
    }
  }
  if (retries > 0) {
    return {
      tone: 'ok',
      label: 'recovered',
      sentence: `Recovered after ${plural(retries, 'retry', 'retries')}.`,
    }
  }
  return {
    tone: 'ok',
    label: 'succeeded',
    sentence: routes > 1 ? `Succeeded on the last of ${routes} routes.` : 'Succeeded on the first attempt.',
  }
}

/** Whether a response has a tool call whose arguments could not be parsed. */
function hasBrokenArguments(value: unknown): boolean {
  const { toolCalls = [] } = value as Partial<Pick<CompletionResponse, 'toolCalls'>>
  return toolCalls.some((call) => call.arguments === undefined)
}

function RunResult({ run }: { readonly run: Run }) {
  const result = run.result.value
  const { tone, label, sentence } = toVerdict(run)
  return (
    <div class="stack">
      <div class="fault-verdict">
        <Badge tone={tone} dot={result === undefined}>
          {label}
        </Badge>
        <span role="status">{sentence}</span>
        <Clock run={run} />
      </div>
      {result === undefined && (
        <div class="row">
          <Button kind="danger" icon="stop" onClick={run.stop}>
            Stop
          </Button>
          <Button icon="play" onClick={run.release} title="Lets the mock continue a delayed or stalled response">
            Release
          </Button>
        </div>
      )}
      {result?.kind === 'failed' && <Thrown error={result.error} />}
      <TextSoFar run={run} />
      {result?.kind === 'succeeded' && (
        <section class="stack" aria-label="Return value">
          <h3>Return value</h3>
          <CodeBlock
            code={JSON.stringify(result.value, null, 2) ?? 'undefined'}
            language="json"
            label="Return value as JSON"
          />
        </section>
      )}
      <Requests run={run} />
    </div>
  )
}

function Clock({ run }: { readonly run: Run }) {
  const total = run.durationMs.value
  const now = useNow(100, total === undefined)
  return <span class="quiet fault-clock">{duration(total ?? Math.max(0, now - run.startedAt))}</span>
}

/** The streamed text, unless the return value contains it. */
function TextSoFar({ run: { text, result } }: { readonly run: Run }) {
  const hasEnded = result.value !== undefined
  if (text.value === '' || result.value?.kind === 'succeeded') return null
  return (
    <section class="stack" aria-label="Text so far">
      <h3>{hasEnded ? 'Text before the end' : 'Text so far'}</h3>
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
  const { cause, details } = splitDetails(String(message))
  return (
    <>
      <div class="error-note">
        <p class="error-title">
          {String(name)}: <code>{String(code)}</code>
        </p>
        <p>
          <InlineCode text={cause} />
        </p>
        <p class="error-hint">
          <b>Hint:</b> <InlineCode text={String(hint)} />
        </p>
      </div>
      {partial !== undefined && (
        <section class="stack" aria-label="error.partial">
          <h3>
            Partial result: <code>error.partial</code>
          </h3>
          <CodeBlock
            code={JSON.stringify({ ...partial, raw: undefined }, null, 2)}
            language="json"
            label="Partial result"
          />
        </section>
      )}
      <details>
        <summary>Details</summary>
        <dl class="facts">
          {[
            ...(details === undefined ? [] : [['Request', details]]),
            ['isRetryable', isRetryable],
            ...Object.entries(more),
          ]
            .filter(([, value]) => typeof value !== 'object')
            .map(([fact, value]) => (
              <div key={fact}>
                <dt>{String(fact)}</dt>
                <dd>{String(value)}</dd>
              </div>
            ))}
        </dl>
        <CodeBlock code={JSON.stringify(error, null, 2)} language="json" label="Error as JSON" />
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
                {method} {routeOf(url).route}
              </a>
              <StatusBadge progress={progress.value} />
              <span class="quiet small">
                {timing.end === undefined ? '' : shortDuration(timing.end)} {error}
              </span>
            </li>
          )
        })}
      </ol>
      {log.value.length > 0 && (
        <ul class="fault-log">
          {log.value.map(({ message, delayMs }, index) => (
            <li key={index} class="quiet small">
              {delayMs === undefined ? '' : `Retrying after ${duration(delayMs)}: `}
              {message}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
