import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { isTouch } from '../lib/is-touch.js'
import { IconButton } from './button.js'

interface DialogProps {
  readonly title: string
  /** Also called on Escape and on a click outside. */
  readonly onClose: () => void
  readonly children: ComponentChildren
  /** Buttons at the bottom. */
  readonly footer?: ComponentChildren
  /** @default `'center'` */
  readonly place?: 'center' | 'left' | 'right'
}

/** A native modal dialog, open while it is rendered. Keeps the focus inside and restores it on close. */
export function Dialog({ title, onClose, children, footer, place = 'center' }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const element = dialog.current
    const opener = document.activeElement
    element?.showModal()
    focusFirstField(element)
    return () => {
      element?.close()
      // The browser restores the focus only if the dialog is still in the page.
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true })
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      class={`dialog dialog-${place}`}
      aria-labelledby={id}
      onCancel={(event) => (event.preventDefault(), onClose())}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      <div class="dialog-box">
        <div class="card-head">
          <h2 id={id}>{title}</h2>
          <IconButton icon="close" label="Close" onClick={onClose} />
        </div>
        <div class="dialog-body">{children}</div>
        {footer !== undefined && <div class="row dialog-foot">{footer}</div>}
      </div>
    </dialog>
  )
}

interface DrawerProps extends Omit<DialogProps, 'place'> {
  /** The side of the page; that of the button that opens it. @default `'right'` */
  readonly side?: 'left' | 'right'
}

/** A dialog at the side of the page, for details. */
export const Drawer = ({ side = 'right', ...props }: DrawerProps) => <Dialog {...props} place={side} />

/** Without a field that asks for the focus, the browser focuses the first element of a dialog, its Close button. */
function focusFirstField(dialog: HTMLDialogElement | null): void {
  // A touch device would open its on-screen keyboard.
  if (isTouch() || document.activeElement?.closest('.dialog-body') !== null) return
  dialog
    ?.querySelector<HTMLElement>(
      '.dialog-body :is(input:not([type="range"]), select, textarea):enabled:not([tabindex="-1"])',
    )
    ?.focus()
}
