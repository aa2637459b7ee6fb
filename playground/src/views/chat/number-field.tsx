import { useState } from 'preact/hooks'
import { TextField } from '../../ui/field.js'

interface NumberFieldProps {
  readonly label: string
  readonly hint: string
  readonly min?: number
  readonly value: number | undefined
  readonly onChange: (value: number | undefined) => void
}

/** A whole number, or nothing. What is no such number is not taken, and said so. */
export function NumberField({ label, hint, min = -Infinity, value, onChange }: NumberFieldProps) {
  const [text, setText] = useState(value === undefined ? '' : String(value))
  const read = (text: string): number | undefined => (text.trim() === '' ? undefined : Number(text))
  const isWrong = (number: number | undefined): boolean =>
    number !== undefined && !(Number.isSafeInteger(number) && number >= min)
  // Reset from outside.
  const shown = value === undefined && !isWrong(read(text)) ? '' : text
  return (
    <TextField
      label={label}
      hint={hint}
      inputMode="numeric"
      placeholder="left to the server"
      value={shown}
      error={
        isWrong(read(shown)) ? `Must be a whole number${min === -Infinity ? '' : ` of at least ${min}`}.` : undefined
      }
      onInput={(text) => {
        setText(text)
        const number = read(text)
        onChange(isWrong(number) ? undefined : number)
      }}
    />
  )
}
