import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { IconButton } from './button.js'

interface DialogProps {
  readonly title: string
  /** Called also for Escape and a click beside it. */
  readonly onClose: () => void
  readonly children: ComponentChildren
  /** Buttons below. */
  readonly footer?: ComponentChildren
  /** @defaultValue `'center'` */
  readonly place?: 'center' | 'side'
}

/** A native modal dialog, open while it is rendered; the focus stays inside and is given back. */
export function Dialog({ title, onClose, children, footer, place = 'center' }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const element = dialog.current
    const opener = document.activeElement
    element?.showModal()
    return () => {
      element?.close()
      // The browser gives the focus back only from a dialog that is still in the page.
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

/** A dialog that comes in from the side, for details of what is seen. */
export const Drawer = (props: Omit<DialogProps, 'place'>) => <Dialog {...props} place="side" />
