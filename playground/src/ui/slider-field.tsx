import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { IconButton } from './button.js'

interface SliderFieldProps {
  readonly label: string
  /** What the value means, in one sentence. */
  readonly hint: ComponentChildren
  readonly min: number
  readonly max: number
  readonly step: number
  /** `undefined`: not sent, the server uses its default. */
  readonly value: number | undefined
  /** Position of the handle while no value is set. */
  readonly initial: number
  readonly onChange: (value: number | undefined) => void
}

/** A slider with a number field for an optional value. */
export function SliderField({ label, hint, min, max, step, value, initial, onChange }: SliderFieldProps) {
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
          value={value ?? initial}
          aria-describedby={`${id}-hint`}
          aria-valuetext={value === undefined ? 'server default' : String(value)}
          onInput={({ currentTarget }) => read(currentTarget.value)}
        />
        <input
          class="input"
          type="number"
          inputMode="decimal"
          aria-label={`${label} value`}
          min={min}
          max={max}
          step={step}
          placeholder="default"
          value={value ?? ''}
          onInput={({ currentTarget }) => {
            // The number is incomplete, `-` for example.
            if (!currentTarget.validity.badInput) read(currentTarget.value)
          }}
        />
        <IconButton
          icon="close"
          label={`Reset ${label}`}
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
