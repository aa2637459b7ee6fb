import { useSignal } from '@preact/signals'
import { OutputValidationError } from 'lmstudio-provider'
import { decimal, duration, plural } from '../../lib/format.js'
import { tokensPerSecond } from '../../lib/speed.js'
import type { Tone } from '../../ui/badge.js'
import { Button } from '../../ui/button.js'
import { CodeBlock } from '../../ui/code-block.js'
import { EmptyState } from '../../ui/empty-state.js'
import { ErrorNote } from '../../ui/error-note.js'
import { RequestLink } from '../../ui/request-link.js'
import { RunHead } from '../../ui/run.js'
import { ValueTree } from './value-tree.js'
import { isSchemaEdited, rawOf, run, start, type Run } from './state.js'

const STATUS_LABELS: Readonly<Record<Run['status'], readonly [tone: Tone, text: string]>> = {
  running: ['info', 'Streaming'],
  valid: ['ok', 'Matches the schema'],
  failed: ['bad', 'Failed'],
  stopped: ['warn', 'Stopped'],
}

/** The object while it is generated, and the result of the validation. */
export function Outcome() {
  const current = run.value
  if (current === undefined) {
    return (
      <EmptyState icon="structured" title="Nothing generated yet">
        The object appears while the model generates it and is validated when it is complete.
      </EmptyState>
    )
  }
  const { status, error, rejected } = current
  return (
    <div class="stack outcome" id="outcome">
      <Head run={current} />
      {status === 'failed' && <Failure error={error} rejected={rejected} />}
      {status === 'valid' && rejected !== undefined && (
        <div class="note">
          <p>The first output did not match the schema. This is the repaired one.</p>
          <Raw text={rejected} label="First output" />
        </div>
      )}
      <Value {...current} />
    </div>
  )
}

function Head({ run: { status, rejected, durationMs, response, label } }: { readonly run: Run }) {
  const [tone, state] =
    status === 'running' && rejected !== undefined
      ? (['info', 'Repairing'] as const)
      : status === 'valid' && isSchemaEdited.value
        ? (['quiet', 'Matched the schema before your edits'] as const)
        : STATUS_LABELS[status]
  const outputTokens = response?.usage.outputTokens
  const speed = response && tokensPerSecond(response)
  const facts = [
    duration(durationMs),
    outputTokens !== undefined && plural(outputTokens, 'token'),
    speed !== undefined && `${decimal(speed)} tokens/s`,
  ]
  return (
    <RunHead tone={tone} state={state} facts={facts}>
      <RequestLink label={label} />
    </RunHead>
  )
}

function Value({ status, value, tick }: Run) {
  const asJSON = useSignal(false)
  if (value === undefined) return status === 'running' ? <p class="quiet">Waiting for the model…</p> : null
  const json = (): string => JSON.stringify(value, null, 2)
  return (
    <section class="stack" aria-label="Generated object" aria-busy={status === 'running'}>
      <div class="row" role="group" aria-label="Format">
        <Button small aria-pressed={!asJSON.value} onClick={() => (asJSON.value = false)}>
          Tree
        </Button>
        <Button small aria-pressed={asJSON.value} onClick={() => (asJSON.value = true)}>
          JSON
        </Button>
      </div>
      {!asJSON.value ? (
        <div class="tree-root" data-tick={tick} tabIndex={0} role="region" aria-label="Tree">
          <ValueTree value={value} isStreaming={status === 'running'} />
        </div>
      ) : status === 'running' ? (
        <pre class="streaming-json" tabIndex={0} role="region" aria-label="JSON">
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
      <ErrorNote error={error} title="The output is not valid." onRetry={() => void start()} />
      <Issues error={error} />
      {text !== undefined && <Raw text={text} label="Raw output" isOpen />}
      {rejected !== undefined && <Raw text={rejected} label="First raw output" />}
    </>
  )
}

function Issues({ error }: { readonly error: unknown }) {
  if (!OutputValidationError.isInstance(error) || error.issues.length === 0) return null
  return (
    <ul class="issues" aria-label="Validation errors">
      {error.issues.map(({ path, message }, index) => (
        <li key={index}>
          <code>{path.length === 0 ? 'root' : path.join('.')}</code> {message}
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
        <p class="quiet small">The output is empty.</p>
      ) : (
        <pre tabIndex={0} role="region" aria-label={label}>
          {text}
        </pre>
      )}
    </details>
  )
}
