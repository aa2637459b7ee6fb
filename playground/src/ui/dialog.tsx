import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { IconButton } from './button.js'

interface DialogProps {
  readonly title: string
  /** Also called on Escape and on a click outside. */
  readonly onClose: () => void
  readonly children: ComponentChildren
  /** Buttons at the bottom. */
  readonly footer?: ComponentChildren
  /** @defaultValue `'center'` */
  readonly place?: 'center' | 'side'
}

/** A native modal dialog, open while it is rendered. Keeps the focus inside and restores it on close. */
export function Dialog({ title, onClose, children, footer, place = 'center' }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const element = dialog.current
    const opener = document.activeElement
    element?.showModal()
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

/** A dialog at the side of the page, for details. */
export const Drawer = (props: Omit<DialogProps, 'place'>) => <Dialog {...props} place="side" />
