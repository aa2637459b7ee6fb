import { useSignal } from '@preact/signals'
import { OutputValidationError } from 'lmstudio-provider'
import { decimal, duration } from '../../lib/format.js'
import { Badge, type Tone } from '../../ui/badge.js'
import { Button } from '../../ui/button.js'
import { CodeBlock } from '../../ui/code-block.js'
import { EmptyState } from '../../ui/empty-state.js'
import { ErrorNote } from '../../ui/error-note.js'
import { ValueTree } from './value-tree.js'
import { rawOf, run, start, type Run } from './work.js'

const SAID: Readonly<Record<Run['status'], readonly [tone: Tone, text: string]>> = {
  running: ['info', 'Growing'],
  fits: ['ok', 'Fits the schema'],
  failed: ['bad', 'No object'],
  stopped: ['warn', 'Stopped'],
}

/** The object as it grows, and in the end whether it fits. */
export function Outcome() {
  const now = run.value
  if (now === undefined) {
    return (
      <EmptyState icon="structured" title="Nothing asked yet">
        The object is shown while the model writes it, and checked against the schema when it is whole.
      </EmptyState>
    )
  }
  const { status, error, rejected } = now
  const [tone, text] = SAID[status]
  return (
    <div class="stack outcome" id="outcome">
      <div class="outcome-head">
        <span role="status">
          <Badge tone={tone} dot>
            {status === 'running' && rejected !== undefined ? 'Second try' : text}
          </Badge>
        </span>
        <Facts {...now} />
      </div>
      {status === 'failed' && <Failure error={error} rejected={rejected} />}
      {status === 'fits' && rejected !== undefined && (
        <div class="note">
          <p>The first answer did not fit. The model was shown what is wrong with it, and this is the second.</p>
          <Raw text={rejected} label="The first answer" />
        </div>
      )}
      <Value {...now} />
    </div>
  )
}

function Facts({ durationMs, response }: Run) {
  const { usage, stats } = response ?? {}
  return (
    <span class="quiet small outcome-facts">
      {duration(durationMs)}
      {usage?.outputTokens !== undefined && ` · ${usage.outputTokens} tokens`}
      {stats?.tokensPerSecond !== undefined && ` · ${decimal(stats.tokensPerSecond)} tokens/s`}
    </span>
  )
}

function Value({ status, value, tick }: Run) {
  const asJSON = useSignal(false)
  if (value === undefined) return status === 'running' ? <p class="quiet">Waiting for the first of it…</p> : null
  const json = (): string => JSON.stringify(value, null, 2)
  return (
    <section class="stack" aria-label="The object" aria-busy={status === 'running'}>
      <div class="row" role="group" aria-label="Shown as">
        <Button small aria-pressed={!asJSON.value} onClick={() => (asJSON.value = false)}>
          Tree
        </Button>
        <Button small aria-pressed={asJSON.value} onClick={() => (asJSON.value = true)}>
          JSON
        </Button>
      </div>
      {!asJSON.value ? (
        <div class="tree-root" data-tick={tick} tabIndex={0} role="region" aria-label="Tree">
          <ValueTree value={value} isGrowing={status === 'running'} />
        </div>
      ) : status === 'running' ? (
        <pre class="growing" tabIndex={0} role="region" aria-label="JSON">
          {json()}
        </pre>
      ) : (
        <CodeBlock code={json()} language="json" label="JSON" />
      )}
    </section>
  )
}

function Failure({ error, rejected }: { readonly error: unknown; readonly rejected: string | undefined }) {
  const text = rawOf(error)
  return (
    <>
      <ErrorNote error={error} title="There is no object that fits." onRetry={() => void start()} />
      <Issues error={error} />
      {text !== undefined && <Raw text={text} label="What the model wrote" isOpen />}
      {rejected !== undefined && <Raw text={rejected} label="What it wrote at the first try" />}
    </>
  )
}

function Issues({ error }: { readonly error: unknown }) {
  if (!OutputValidationError.isInstance(error) || error.issues.length === 0) return null
  return (
    <ul class="issues" aria-label="What does not fit">
      {error.issues.map(({ path, message }, index) => (
        <li key={index}>
          <code>{path.length === 0 ? 'the answer' : path.join('.')}</code> {message}
        </li>
      ))}
    </ul>
  )
}

function Raw({
  text,
  label,
  isOpen = false,
}: {
  readonly text: string
  readonly label: string
  readonly isOpen?: boolean
}) {
  return (
    <details class="raw" open={isOpen}>
      <summary>{label}</summary>
      {text === '' ? (
        <p class="quiet small">Nothing at all.</p>
      ) : (
        <pre tabIndex={0} role="region" aria-label={label}>
          {text}
        </pre>
      )}
    </details>
  )
}
