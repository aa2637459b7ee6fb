import { IconButton } from '../../ui/button.js'
import { copyText } from '../../ui/copy-text.js'

/** A button that copies a message. */
export function CopyIcon({ text, what }: { readonly text: string; readonly what: string }) {
  return <IconButton icon="copy" label={`Copy ${what}`} disabled={text === ''} onClick={() => void copyText(text)} />
}
