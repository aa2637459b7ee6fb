import { reveal } from '../../lib/reveal.js'
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
  const pick = ({ plan }: Preset): void => {
    start(plan)
    reveal('fault-result')
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
        <div class="lab-result" id="fault-result">
          <Result />
        </div>
      </div>
    </div>
  )
}
