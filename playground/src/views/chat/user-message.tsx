import { useEffect, useRef, useState } from 'preact/hooks'
import { busy, conversation, send } from '../../chat/session.js'
import type { UserMessage } from '../../chat/types.js'
import { Button, IconButton } from '../../ui/button.js'
import { CopyIcon } from './copy-icon.js'
import { Branches } from './branches.js'
import { isSendKey } from './keys.js'
import { Thumbnails } from './thumbnails.js'

/** A message of the user. Editing it adds a branch. */
export function UserMessageView({ message }: { readonly message: UserMessage }) {
  const [isEdited, setEdited] = useState(false)
  const article = useRef<HTMLElement>(null)
  const wasEdited = useRef(false)
  const { text, images } = message
  useEffect(() => {
    // Restore the focus after editing.
    if (wasEdited.current && !isEdited) article.current?.querySelector<HTMLElement>('[data-edit]')?.focus()
    wasEdited.current = isEdited
  }, [isEdited])
  if (isEdited) return <MessageEditor message={message} onClose={() => setEdited(false)} />
  return (
    <article ref={article} class="message message-user" aria-label="Your message">
      <div class="bubble">
        {images.length > 0 && <Thumbnails images={images} />}
        {text !== '' && <p>{text}</p>}
      </div>
      <div class="message-foot">
        <Branches message={message} />
        <CopyIcon text={text} what="message" />
        <IconButton
          icon="edit"
          data-edit
          label="Edit message"
          disabled={busy.value.has(conversation.value.id)}
          onClick={() => setEdited(true)}
        />
      </div>
    </article>
  )
}

function MessageEditor({ message, onClose }: { readonly message: UserMessage; readonly onClose: () => void }) {
  const [text, setText] = useState(message.text)
  const [images, setImages] = useState(message.images)
  const area = useRef<HTMLTextAreaElement>(null)
  useEffect(() => area.current?.focus(), [])
  const isEmpty = text.trim() === '' && images.length === 0
  const submit = (): void => {
    if (isEmpty) return
    onClose()
    void send(text.trim(), images, message.parent)
  }
  return (
    <article class="message message-user" aria-label="Your message">
      <form class="edit" onSubmit={(event) => (event.preventDefault(), submit())}>
        {images.length > 0 && (
          <Thumbnails images={images} onRemove={(index) => setImages(images.filter((_, at) => at !== index))} />
        )}
        <textarea
          class="input"
          aria-label="Edited message"
          value={text}
          ref={area}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={(event) => {
            if (isSendKey(event)) {
              event.preventDefault()
              submit()
            } else if (event.key === 'Escape') onClose()
          }}
        />
        <div class="row">
          <span class="quiet small">The current version and its responses are kept.</span>
          <Button small onClick={onClose}>
            Cancel
          </Button>
          <Button small kind="primary" type="submit" disabled={isEmpty}>
            Save and send
          </Button>
        </div>
      </form>
    </article>
  )
}
