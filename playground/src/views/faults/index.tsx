import { useRef } from 'preact/hooks'
import { Card, ViewHead } from '../../ui/card.js'
import { start } from './lab.js'
import { PlanForm } from './plan-form.js'
import { PRESETS, type Preset } from './presets.js'
import { Result } from './result.js'
import './faults.css'

export function View() {
  return (
    <>
      <ViewHead
        title="Fault lab"
        lead="Break a mock server and see how the library handles it. The server you are connected to is not affected."
      />
      <Lab />
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
              <button type="button" class="card-button preset" onClick={() => pick(preset)}>
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
