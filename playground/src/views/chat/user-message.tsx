import { busy, conversation, send } from '../../chat/session.js'
import type { UserMessage } from '../../chat/types.js'
import { IconButton } from '../../ui/button.js'
import { Attachments } from './attachments.js'
import { Branches } from './branches.js'
import { CopyIcon } from './copy-icon.js'
import { editedId } from './editing.js'
import { MessageEditor } from './message-editor.js'
import { Thumbnails } from './thumbnails.js'
import { useEditFocus } from './use-edit-focus.js'

/** A message of the user. Editing it adds a branch. */
export function UserMessageView({ message }: { readonly message: UserMessage }) {
  const isEdited = editedId.value === message.id
  const article = useEditFocus(isEdited)
  const { text, images, files = [] } = message
  return (
    <article ref={article} class="message message-user" aria-label="Your message">
      {isEdited ? (
        <MessageEditor
          label="Edited message"
          action="Save and send"
          {...{ text, images, files }}
          onSave={(edited) => void send(edited, message.parent)}
        />
      ) : (
        <>
          <div class="bubble">
            {images.length > 0 && <Thumbnails images={images} />}
            {files.length > 0 && <Attachments files={files} />}
            {text !== '' && <p dir="auto">{text}</p>}
          </div>
          <div class="message-foot">
            <Branches message={message} />
            <CopyIcon text={text} what="message" />
            <IconButton
              icon="edit"
              data-edit
              label="Edit message"
              disabled={busy.value.has(conversation.value.id)}
              onClick={() => (editedId.value = message.id)}
            />
          </div>
        </>
      )}
    </article>
  )
}
