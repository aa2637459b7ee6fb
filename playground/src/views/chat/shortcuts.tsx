import { useEffect, useRef } from 'preact/hooks'
import { newConversation, runsHere, stop } from '../../chat/session.js'
import { Dialog } from '../../ui/dialog.js'
import { focusComposer } from './keys.js'

const isMac = (): boolean => /mac|iphone|ipad/i.test(navigator.platform)

const SHORTCUTS = [
  [['Enter'], 'Send the message'],
  [['Shift', 'Enter'], 'New line'],
  [['Mod', 'K'], 'Choose a model'],
  [['Mod', 'Shift', 'O'], 'New chat'],
  [['Esc'], 'Stop the response'],
  [['↑'], 'Edit the last message, if the field is empty'],
  [['/'], 'Go to the message field'],
  [['?'], 'Show this list'],
] as const

/** The list of keyboard shortcuts. */
export function ShortcutList({ onClose }: { readonly onClose: () => void }) {
  const mod = isMac() ? '⌘' : 'Ctrl'
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl class="shortcuts">
        {SHORTCUTS.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key === 'Mod' ? mod : key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}

interface ShortcutHandlers {
  readonly onModel: () => void
  readonly onHelp: () => void
}

/** Handles the shortcuts of the view, unless a dialog is open. */
export function useShortcuts(handlers: ShortcutHandlers): void {
  const current = useRef(handlers)
  current.current = handlers
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.isComposing || event.defaultPrevented || document.querySelector('dialog[open]') !== null) return
      const action = findAction(event, current.current)
      if (action === undefined) return
      event.preventDefault()
      action()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}

function findAction(event: KeyboardEvent, { onModel, onHelp }: ShortcutHandlers): (() => void) | undefined {
  const { key, target } = event
  const isMod = event.ctrlKey || event.metaKey
  if (isMod && !event.shiftKey && key.toLowerCase() === 'k') return onModel
  if (isMod && event.shiftKey && key.toLowerCase() === 'o') {
    return () => {
      newConversation()
      focusComposer()
    }
  }
  if (key === 'Escape' && runsHere.peek().length > 0) {
    return () => {
      stop()
      focusComposer()
    }
  }
  if (isMod || event.altKey) return undefined
  // In a field, keys without a modifier are text. `?` in the empty composer shows the list.
  const field = (target as Element).closest('input, textarea, select, [contenteditable]')
  const isEmptyComposer = field?.matches('.composer-text') === true && (field as HTMLTextAreaElement).value === ''
  if (key === '?' && (field === null || isEmptyComposer)) return onHelp
  if (field !== null) return undefined
  if (key === '/') return focusComposer
  return undefined
}
