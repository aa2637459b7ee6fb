import { useRef } from 'preact/hooks'
import { isMock, provider, status, useMock } from '../../state/connection.js'
import { Button } from '../../ui/button.js'
import { Card, ViewHead } from '../../ui/card.js'
import { EmptyState } from '../../ui/empty-state.js'
import { start } from './lab.js'
import { PlanForm } from './plan-form.js'
import { PRESETS, type Preset } from './presets.js'
import { Result } from './result.js'
import './faults.css'

export function View() {
  return (
    <>
      <ViewHead title="Fault lab" lead="Inject faults into the mock and see how the library handles them." />
      {isMock.value === 'page' ? <Lab /> : <NeedsMock />}
    </>
  )
}

function Lab() {
  const result = useRef<HTMLDivElement>(null)
  const pick = ({ plan }: Preset): void => {
    start(plan)
    // On a narrow screen, the result is below the visible area.
    const isVisible = (result.current?.getBoundingClientRect().top ?? 0) < innerHeight * 0.7
    if (!isVisible) result.current?.scrollIntoView({ block: 'start' })
  }
  return (
    <div class="stack">
      <Card title="Common problems">
        <ul class="presets">
          {PRESETS.map((preset) => (
            <li key={preset.label}>
              <button type="button" class="preset" onClick={() => pick(preset)}>
                <b>{preset.label}</b>
                <span class="quiet">{preset.about}</span>
              </button>
            </li>
          ))}
        </ul>
      </Card>
      <div class="lab">
        <PlanForm />
        <div ref={result} class="lab-result">
          <Result />
        </div>
      </div>
    </div>
  )
}

/** Faults are only injected into the mock inside this page, never into a server that is in use. */
function NeedsMock() {
  const connected = provider.value
  return (
    <EmptyState
      icon="faults"
      title={connected === undefined ? 'Faults need the mock' : 'Not connected to this page’s mock'}
      action={
        <Button kind="primary" busy={status.value === 'connecting'} onClick={() => void useMock()}>
          Use this page’s mock
        </Button>
      }
    >
      {connected === undefined ? (
        'The mock runs inside this page and needs no installation.'
      ) : (
        <>
          You are connected to <code>{connected.endpoint}</code>
          {isMock.value === 'server' ? ', a mock server' : ', a real server'}. Faults can only be injected into the mock
          inside this page.
        </>
      )}
    </EmptyState>
  )
}
