import { signal } from '@preact/signals'
import { IconButton } from './button.js'

interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'info' | 'bad'
}

const SHOWN_MS = 6_000

const toasts = signal<readonly Toast[]>([])
let lastId = 0

const drop = (id: number): void => {
  toasts.value = toasts.value.filter((toast) => toast.id !== id)
}

/** Shows a short message for a few seconds and announces it to screen readers. Put important messages into the view. */
export function announce(text: string, tone: Toast['tone'] = 'info'): void {
  const id = ++lastId
  toasts.value = [...toasts.value.slice(-2), { id, text, tone }]
  setTimeout(drop, SHOWN_MS, id)
}

/** The live region that shows the toasts. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite" aria-label="Notifications">
      {toasts.value.map(({ id, text, tone }) => (
        <div key={id} class={`toast toast-${tone}`}>
          <span>{text}</span>
          <IconButton icon="close" label="Dismiss" onClick={() => drop(id)} />
        </div>
      ))}
    </div>
  )
}
