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
      <ViewHead title="Fault lab" lead="Let the mock go wrong, and see what the library says." />
      {isMock.value === 'page' ? <Lab /> : <NeedsMock />}
    </>
  )
}

function Lab() {
  const result = useRef<HTMLDivElement>(null)
  const pick = ({ plan }: Preset): void => {
    start(plan)
    // On a narrow screen it is far below.
    const isSeen = (result.current?.getBoundingClientRect().top ?? 0) < innerHeight * 0.7
    if (!isSeen) result.current?.scrollIntoView({ block: 'start' })
  }
  return (
    <div class="stack">
      <Card title="Well-known problems">
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

/** Nothing here is for a server that someone may need. */
function NeedsMock() {
  const there = provider.value
  return (
    <EmptyState
      icon="faults"
      title={there === undefined ? 'Faults need the mock' : 'This is not the mock of this page'}
      action={
        <Button kind="primary" busy={status.value === 'connecting'} onClick={() => void useMock()}>
          Use the mock in this page
        </Button>
      }
    >
      {there === undefined ? (
        'The mock answers in this page, needs nothing installed, and goes wrong on demand.'
      ) : (
        <>
          You are connected to <code>{there.endpoint}</code>
          {isMock.value === 'server' ? ', a mock that runs outside of this page' : ', a real server'}: nothing is done
          to it here. The mock in this page goes wrong on demand.
        </>
      )}
    </EmptyState>
  )
}
