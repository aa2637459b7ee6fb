import { isMock } from '../../state/connection.js'
import { reveal } from '../../lib/reveal.js'
import { Button } from '../../ui/button.js'
import { Card } from '../../ui/card.js'
import { Field, Select, TextField } from '../../ui/field.js'
import { announce } from '../../ui/toast.js'
import { CALLS, type CallName } from './calls.js'
import { FAULTS, GROUPS, type LabFault, type Parameter } from './fault-catalog.js'
import { injectForOtherViews, pendingFaults, plan, reset, run, start, removePendingFaults } from './lab.js'
import { withFault, type TimeoutSetting, type Plan } from './plan.js'
import { InlineCode } from './inline-code.js'

const TIMES = [1, 2, 3, 4, 10, Infinity]
const timesLabel = (times: number): string =>
  times === Infinity ? 'All requests' : times === 1 ? 'Only the first' : `The first ${times}`

const update = (changes: Partial<Plan>): void => {
  plan.value = { ...plan.value, ...changes }
}

/** The form for a fault and the call it applies to. */
export function PlanForm() {
  const current = plan.value
  const { about, calls, parameters = [] } = FAULTS[current.fault]
  const isRunning = run.value !== undefined && run.value.result.value === undefined
  const submit = (event: Event): void => {
    event.preventDefault()
    start(current)
    reveal('fault-result')
  }
  const inject = async (): Promise<void> => {
    await injectForOtherViews(current)
    announce('The fault will affect the next matching request of another view.')
  }
  return (
    <Card title="Custom fault">
      <form class="stack" onSubmit={submit}>
        <Field label="Fault" hint={<InlineCode text={about} />}>
          {(ids) => (
            <select
              {...ids}
              class="input"
              value={current.fault}
              onChange={({ currentTarget }) => (plan.value = withFault(current, currentTarget.value as LabFault))}
            >
              {GROUPS.map(({ label, faults }) => (
                <optgroup key={label} label={label}>
                  {faults.map((fault) => (
                    <option key={fault} value={fault}>
                      {FAULTS[fault].label.replaceAll('`', '')}
                    </option>
                  ))}
                </optgroup>
              ))}
            </select>
          )}
        </Field>
        {parameters.length > 0 && (
          <div class="fault-two">
            {parameters.map((parameter) => (
              <ParameterField key={`${current.fault} ${parameter.name}`} parameter={parameter} />
            ))}
          </div>
        )}
        <Select
          label="Call"
          hint="Calls that this fault affects."
          value={current.call}
          options={calls.map((value) => ({ value, label: CALLS[value].label }))}
          onChange={(call) => update({ call: call as CallName })}
        />
        <div class="fault-two">
          <Select
            label="Affected requests"
            hint="Each retry counts as a request."
            value={String(current.times)}
            options={TIMES.map((times) => ({ value: String(times), label: timesLabel(times) }))}
            onChange={(times) => update({ times: Number(times) })}
          />
          <Select
            label="Timeouts"
            hint="The defaults allow for models that take minutes to load."
            value={current.timeouts}
            options={[
              { value: 'short', label: 'Short: 3 seconds' },
              { value: 'default', label: 'Default: up to 10 minutes' },
            ]}
            onChange={(timeouts) => update({ timeouts: timeouts as TimeoutSetting })}
          />
        </div>
        <div class="row">
          <Button kind="primary" icon="play" type="submit">
            {isRunning ? 'Run again' : 'Run'}
          </Button>
          <Button icon="refresh" onClick={reset}>
            Reset
          </Button>
          {/* Other views use the mock inside this page only while they are connected to it. */}
          {isMock.value === 'page' && (
            <Button kind="quiet" onClick={() => void inject()}>
              Inject for other views
            </Button>
          )}
        </div>
        {isMock.value !== 'page' && (
          <p class="quiet small">To use faults in other views, connect to the mock inside this page.</p>
        )}
        {pendingFaults.value > 0 && (
          <div class="row fault-left">
            <span>
              {pendingFaults.value === 1 ? '1 fault is' : `${pendingFaults.value} faults are`} waiting for other views.
            </span>
            <Button small onClick={() => void removePendingFaults()}>
              Remove
            </Button>
          </div>
        )}
      </form>
    </Card>
  )
}

function ParameterField({ parameter: { name, label, kind, hint, choices = [] } }: { readonly parameter: Parameter }) {
  const current = plan.value
  const value = current.parameters[name] ?? ''
  const change = (text: string): void => update({ parameters: { ...current.parameters, [name]: text } })
  const hintText = <InlineCode text={hint} />
  if (kind !== 'choice') {
    const isInvalid = kind === 'number' && value.trim() !== '' && !(Number(value) >= 0)
    return (
      <TextField
        label={label}
        hint={hintText}
        error={isInvalid ? 'Enter a number of at least 0.' : undefined}
        inputMode={kind === 'number' ? 'numeric' : 'text'}
        value={value}
        onInput={change}
      />
    )
  }
  return (
    <Select
      label={label}
      hint={hintText}
      value={value}
      options={[{ value: '', label: 'Default' }, ...choices.map((value) => ({ value, label: value }))]}
      onChange={change}
    />
  )
}
