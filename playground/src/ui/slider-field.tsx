import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { IconButton } from './button.js'

interface SliderFieldProps {
  readonly label: string
  /** What it means, in a sentence. */
  readonly hint: ComponentChildren
  readonly min: number
  readonly max: number
  readonly step: number
  /** `undefined`: not sent, so that the server decides. */
  readonly value: number | undefined
  /** Where the handle stands while nothing is set. */
  readonly rest: number
  readonly onChange: (value: number | undefined) => void
}

/** A number on a scale with its meaning, which may also be left to the server. */
export function SliderField({ label, hint, min, max, step, value, rest, onChange }: SliderFieldProps) {
  const id = useId()
  const read = (text: string): void => {
    const number = Number(text)
    onChange(text.trim() === '' || !Number.isFinite(number) ? undefined : number)
  }
  return (
    <div class={`slider${value === undefined ? ' slider-unset' : ''}`}>
      <label for={id}>{label}</label>
      <div class="slider-row">
        <input
          type="range"
          id={id}
          min={min}
          max={max}
          step={step}
          value={value ?? rest}
          aria-describedby={`${id}-hint`}
          aria-valuetext={value === undefined ? 'left to the server' : String(value)}
          onInput={({ currentTarget }) => read(currentTarget.value)}
        />
        <input
          class="input"
          type="number"
          inputMode="decimal"
          aria-label={`${label}, as a number`}
          min={min}
          max={max}
          step={step}
          placeholder="server"
          value={value ?? ''}
          onInput={({ currentTarget }) => {
            // Half a number: let it be finished.
            if (!currentTarget.validity.badInput) read(currentTarget.value)
          }}
        />
        <IconButton
          icon="close"
          label={`Leave ${label} to the server`}
          disabled={value === undefined}
          onClick={() => onChange(undefined)}
        />
      </div>
      <div class="field-hint" id={`${id}-hint`}>
        {hint}
      </div>
    </div>
  )
}
