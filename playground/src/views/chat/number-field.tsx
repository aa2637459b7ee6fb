import { useState } from 'preact/hooks'
import { TextField } from '../../ui/field.js'

interface NumberFieldProps {
  readonly label: string
  readonly hint: string
  readonly min?: number
  readonly value: number | undefined
  readonly onChange: (value: number | undefined) => void
}

/** A field for an optional integer. Shows an error for any other text. */
export function NumberField({ label, hint, min = -Infinity, value, onChange }: NumberFieldProps) {
  const [text, setText] = useState(value === undefined ? '' : String(value))
  const parse = (text: string): number | undefined => (text.trim() === '' ? undefined : Number(text))
  const isInvalid = (number: number | undefined): boolean =>
    number !== undefined && !(Number.isSafeInteger(number) && number >= min)
  // The parent may reset the value.
  const shown = value === undefined && !isInvalid(parse(text)) ? '' : text
  return (
    <TextField
      label={label}
      hint={hint}
      inputMode="numeric"
      placeholder="server default"
      value={shown}
      error={
        isInvalid(parse(shown)) ? `Must be a whole number${min === -Infinity ? '' : ` of at least ${min}`}.` : undefined
      }
      onInput={(text) => {
        setText(text)
        const number = parse(text)
        onChange(isInvalid(number) ? undefined : number)
      }}
    />
  )
}
