import { Button } from '../../ui/button.js'
import { Card } from '../../ui/card.js'
import { Field, Select, TextField } from '../../ui/field.js'
import { announce } from '../../ui/toast.js'
import { CALLS, type CallName } from './calls.js'
import { FAULTS, GROUPS, type LabFault, type Parameter } from './catalogue.js'
import { leaveForOthers, leftBehind, plan, reset, run, start, takeBack } from './lab.js'
import { withFault, type Patience, type Plan } from './plan.js'
import { InCode } from './in-code.js'

const TIMES = [1, 2, 3, 4, 10, Infinity]
const sayTimes = (times: number): string =>
  times === Infinity ? 'All of them' : times === 1 ? 'Only the first' : `The first ${times}`

const set = (change: Partial<Plan>): void => {
  plan.value = { ...plan.value, ...change }
}

/** What is to go wrong, and for whom. */
export function PlanForm() {
  const now = plan.value
  const { about, calls, parameters = [] } = FAULTS[now.fault]
  const isRunning = run.value !== undefined && run.value.result.value === undefined
  const submit = (event: Event): void => {
    event.preventDefault()
    start(now)
  }
  const leave = async (): Promise<void> => {
    await leaveForOthers(now)
    announce('The fault waits for the next such call of another view.')
  }
  return (
    <Card title="What goes wrong">
      <form class="stack" onSubmit={submit}>
        <Field label="Fault" hint={<InCode text={about} />}>
          {(ids) => (
            <select
              {...ids}
              class="input"
              value={now.fault}
              onChange={({ currentTarget }) => (plan.value = withFault(now, currentTarget.value as LabFault))}
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
              <ParameterField key={`${now.fault} ${parameter.name}`} parameter={parameter} />
            ))}
          </div>
        )}
        <Select
          label="Call"
          hint="Only calls that can meet this fault."
          value={now.call}
          options={calls.map((value) => ({ value, label: CALLS[value].label }))}
          onChange={(call) => set({ call: call as CallName })}
        />
        <div class="fault-two">
          <Select
            label="Which requests"
            hint="What the library tries again is a new request."
            value={String(now.times)}
            options={TIMES.map((times) => ({ value: String(times), label: sayTimes(times) }))}
            onChange={(times) => set({ times: Number(times) })}
          />
          <Select
            label="Patience of the library"
            hint="Its usual limits are meant for models that load for minutes."
            value={now.patience}
            options={[
              { value: 'short', label: 'Short: 3 seconds' },
              { value: 'usual', label: 'Usual: up to 10 minutes' },
            ]}
            onChange={(patience) => set({ patience: patience as Patience })}
          />
        </div>
        <div class="row">
          <Button kind="primary" icon="play" type="submit">
            {isRunning ? 'Run anew' : 'Run'}
          </Button>
          <Button icon="refresh" onClick={reset}>
            Reset
          </Button>
          <Button kind="quiet" onClick={() => void leave()}>
            Leave it for the other views
          </Button>
        </div>
        {leftBehind.value > 0 && (
          <div class="row fault-left">
            <span>
              {leftBehind.value === 1 ? 'One fault was' : `${leftBehind.value} faults were`} left for the other views.
            </span>
            <Button small onClick={() => void takeBack()}>
              Take back
            </Button>
          </div>
        )}
      </form>
    </Card>
  )
}

function ParameterField({ parameter: { name, label, kind, hint, choices = [] } }: { readonly parameter: Parameter }) {
  const now = plan.value
  const value = now.parameters[name] ?? ''
  const change = (text: string): void => set({ parameters: { ...now.parameters, [name]: text } })
  const said = <InCode text={hint} />
  if (kind !== 'choice') {
    const isWrong = kind === 'number' && value.trim() !== '' && !(Number(value) >= 0)
    return (
      <TextField
        label={label}
        hint={said}
        error={isWrong ? 'A number from 0.' : undefined}
        inputMode={kind === 'number' ? 'numeric' : 'text'}
        value={value}
        onInput={change}
      />
    )
  }
  return (
    <Select
      label={label}
      hint={said}
      value={value}
      options={[{ value: '', label: 'not set' }, ...choices.map((value) => ({ value, label: value }))]}
      onChange={change}
    />
  )
}
