import { isTouch } from '../../lib/is-touch.js'

/** Whether a key sends the message: Enter without Shift. On touch devices Enter adds a line. */
export const isSendKey = ({ key, shiftKey, isComposing }: KeyboardEvent): boolean =>
  key === 'Enter' && !shiftKey && !isComposing && !isTouch()

/** Moves the focus to the composer, except on touch devices. */
export function focusComposer(): void {
  if (!isTouch()) document.querySelector<HTMLElement>('.composer-text')?.focus()
}
