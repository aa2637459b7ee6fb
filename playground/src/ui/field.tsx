import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

interface FieldProps {
  readonly label: string
  /** What the field means, in one sentence. */
  readonly hint?: ComponentChildren
  readonly error?: string | undefined
}

/** Attributes that connect a control to its label and hint. */
export interface FieldIds {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': boolean | undefined
}

/** A control with its label and hint. */
export function Field({
  label,
  hint,
  error,
  children,
}: FieldProps & { readonly children: (ids: FieldIds) => ComponentChildren }) {
  const id = useId()
  const hasHint = hint !== undefined || error !== undefined
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        'aria-describedby': hasHint ? `${id}-hint` : undefined,
        'aria-invalid': error !== undefined || undefined,
      })}
      {hasHint && (
        <div class={error === undefined ? 'field-hint' : 'field-error'} id={`${id}-hint`}>
          {error ?? hint}
        </div>
      )}
    </div>
  )
}

interface InputProps extends FieldProps {
  readonly value: string
  readonly onInput: (value: string) => void
  readonly type?: 'text' | 'number' | 'search' | 'url'
  readonly inputMode?: 'text' | 'decimal' | 'numeric' | 'search' | 'url'
  readonly placeholder?: string
  readonly disabled?: boolean
  readonly min?: number
  readonly max?: number
  readonly step?: number
  /** Focuses the field when it appears. */
  readonly autofocus?: boolean
}

export function TextField({ label, hint, error, onInput, ...rest }: InputProps) {
  const input = useRef<HTMLInputElement>(null)
  // A dialog that opens focuses the field with the attribute. Elsewhere the attribute works only while the page loads.
  useEffect(() => {
    if (rest.autofocus === true) input.current?.focus()
  }, [])
  // Preact's types depend on the input type, which only the caller knows.
  const attributes: object = rest
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <input
          autocomplete="off"
          spellcheck={false}
          {...attributes}
          {...ids}
          ref={input}
          class="input"
          onInput={({ currentTarget }) => onInput(currentTarget.value)}
        />
      )}
    </Field>
  )
}

interface AreaProps extends FieldProps {
  readonly value: string
  readonly onInput: (value: string) => void
  readonly placeholder?: string
  readonly disabled?: boolean
  readonly rows?: number
  readonly spellcheck?: boolean
  readonly dir?: 'auto'
}

export function TextArea({ label, hint, error, onInput, ...rest }: AreaProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <textarea {...rest} {...ids} class="input" onInput={({ currentTarget }) => onInput(currentTarget.value)} />
      )}
    </Field>
  )
}

interface SelectProps extends FieldProps {
  readonly value: string
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string) => void
  readonly disabled?: boolean
}

export function Select({ label, hint, error, value, options, onChange, disabled = false }: SelectProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <select
          {...ids}
          class="input"
          value={value}
          disabled={disabled}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

interface CheckboxProps {
  readonly label: ComponentChildren
  readonly hint?: ComponentChildren
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly disabled?: boolean
}

export function Checkbox({ label, hint, checked, onChange, disabled = false }: CheckboxProps) {
  const id = useId()
  return (
    <div class="checkbox">
      <input
        type="checkbox"
        id={id}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      {hint !== undefined && (
        <div class="field-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
    </div>
  )
}
