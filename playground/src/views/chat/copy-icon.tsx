import { IconButton } from '../../ui/button.js'
import { announce } from '../../ui/toast.js'

/** Copies a message. */
export function CopyIcon({ text, what }: { readonly text: string; readonly what: string }) {
  const copy = (): void =>
    void navigator.clipboard.writeText(text).then(
      () => announce('Copied.'),
      () => announce('The browser does not let this page copy. Select the text and copy it by hand.', 'bad'),
    )
  return <IconButton icon="copy" label={`Copy ${what}`} disabled={text === ''} onClick={copy} />
}
