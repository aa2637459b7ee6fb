import { useId } from 'preact/hooks'

interface ProgressProps {
  readonly label: string
  /** From 0 to `max`; `undefined` if unknown. */
  readonly value: number | undefined
  /** @default `1` */
  readonly max?: number
  /** Shown next to the label: percentage, speed, time left. */
  readonly note?: string
}

/** A labeled progress bar. */
export function Progress({ label, value, max = 1, note }: ProgressProps) {
  const id = useId()
  return (
    <div class="progress">
      <div class="progress-text">
        <label for={id}>{label}</label>
        {note !== undefined && <span class="quiet">{note}</span>}
      </div>
      <progress id={id} max={max} value={value} />
    </div>
  )
}
