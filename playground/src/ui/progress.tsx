import { useId } from 'preact/hooks'

interface ProgressProps {
  readonly label: string
  /** From 0 to `max`; `undefined` while it is not known how far it is. */
  readonly value: number | undefined
  /** @defaultValue `1` */
  readonly max?: number
  /** Beside the label: how far, how fast, how long yet. */
  readonly note?: string
}

/** How far something is. */
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
