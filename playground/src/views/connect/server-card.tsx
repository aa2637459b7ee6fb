import { useSignal } from '@preact/signals'
import { checkAgain, checkedAt, endpoint, health, isMock, connectionError, status } from '../../state/connection.js'
import { linkTo } from '../../state/route.js'
import { count, duration } from '../../lib/format.js'
import { Badge } from '../../ui/badge.js'
import { Button } from '../../ui/button.js'
import { Card } from '../../ui/card.js'
import { ConnectionBadge } from '../../ui/connection-badge.js'
import { ErrorNote } from '../../ui/error-note.js'
import { Prose } from '../../ui/prose.js'

const API = { v1: '/api/v1', v0: '/api/v0', openai: '/v1' } as const

/** The state of the server, with a diagnosis and next steps if it cannot be used. */
export function ServerCard() {
  return (
    <Card
      title="Server"
      actions={
        <>
          {isMock.value !== false && <Badge tone="mock">Mock</Badge>}
          <ConnectionBadge />
        </>
      }
    >
      <Facts />
      {isMock.value !== false && status.value !== 'connecting' && (
        <p class="quiet small">No model is running. The mock generates the responses.</p>
      )}
      <div aria-live="polite" class="stack">
        <Verdict />
      </div>
    </Card>
  )
}

function Facts() {
  const report = health.value
  if (report === undefined) return null
  const { api, isLMStudio, latencyMs, modelsAvailable, modelsLoaded } = report
  const facts = [
    ['Server', isLMStudio ? 'LM Studio' : api === undefined ? '–' : 'OpenAI-compatible'],
    ['API', api === undefined ? '–' : API[api]],
    ['Latency', latencyMs === undefined ? '–' : duration(latencyMs)],
    ['Models', `${count(modelsAvailable)}${modelsLoaded === undefined ? '' : `, ${count(modelsLoaded)} loaded`}`],
    ['Checked', checkedAt.value?.toLocaleTimeString() ?? '–'],
  ]
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value !== '–')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

function Verdict() {
  if (status.value === 'idle') {
    return (
      <p class="quiet">
        Press Connect to use {endpoint.value.trim() || 'the server'}, or find a server on this machine.
      </p>
    )
  }
  if (status.value === 'connecting') return <p class="quiet">Connecting to {endpoint.value}…</p>
  if (connectionError.value !== undefined)
    return <ErrorNote error={connectionError.value} title="This endpoint cannot be used." />
  const diagnosis = health.value?.diagnosis
  if (diagnosis === undefined) {
    return (
      <>
        <p class="verdict">Everything is ready.</p>
        <div class="row">
          <a class="button button-primary" href={linkTo('chat')}>
            Start a chat
          </a>
          <a class="button button-plain" href={linkTo('models')}>
            View models
          </a>
          <CheckAgain />
        </div>
      </>
    )
  }
  const evidence = diagnosis.evidence.filter((line) => line !== diagnosis.summary)
  return (
    <>
      <p class="verdict">
        <Prose text={diagnosis.summary} />
      </p>
      <ol class="checklist" aria-label="What to do">
        {diagnosis.steps.map((step) => (
          <li key={step}>
            <span>
              <Prose text={step} />
            </span>
          </li>
        ))}
      </ol>
      <div class="row">
        <CheckAgain />
      </div>
      <details class="evidence">
        <summary>Details</summary>
        <code class="error-code">{diagnosis.code}</code>
        {evidence.length > 0 && (
          <ul>
            {evidence.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
      </details>
    </>
  )
}

function CheckAgain() {
  const isChecking = useSignal(false)
  const check = async (): Promise<void> => {
    isChecking.value = true
    await checkAgain()
    isChecking.value = false
  }
  return (
    <Button icon="refresh" busy={isChecking.value} onClick={() => void check()}>
      Check again
    </Button>
  )
}
