import { IconButton } from '../../ui/button.js'
import { announce } from '../../ui/toast.js'

/** A button that copies a message. */
export function CopyIcon({ text, what }: { readonly text: string; readonly what: string }) {
  const copy = (): void =>
    void navigator.clipboard.writeText(text).then(
      () => announce('Copied.'),
      () => announce('The browser blocked clipboard access. Select the text and copy it manually.', 'bad'),
    )
  return <IconButton icon="copy" label={`Copy ${what}`} disabled={text === ''} onClick={copy} />
}
