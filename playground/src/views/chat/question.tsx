import { useEffect, useRef, useState } from 'preact/hooks'
import { busy, conversation, send } from '../../chat/session.js'
import type { Question } from '../../chat/types.js'
import { Button, IconButton } from '../../ui/button.js'
import { CopyIcon } from './copy-icon.js'
import { Branches } from './branches.js'
import { isSendKey } from './keys.js'
import { Thumbnails } from './thumbnails.js'

/** What the person said; edited, it begins another branch. */
export function QuestionMessage({ question }: { readonly question: Question }) {
  const [isEdited, setEdited] = useState(false)
  const article = useRef<HTMLElement>(null)
  const wasEdited = useRef(false)
  const { text, images } = question
  useEffect(() => {
    // Back to where the editing began.
    if (wasEdited.current && !isEdited) article.current?.querySelector<HTMLElement>('[data-edit]')?.focus()
    wasEdited.current = isEdited
  }, [isEdited])
  if (isEdited) return <EditedQuestion question={question} onClose={() => setEdited(false)} />
  return (
    <article ref={article} class="message question" aria-label="You said">
      <div class="bubble">
        {images.length > 0 && <Thumbnails images={images} />}
        {text !== '' && <p>{text}</p>}
      </div>
      <div class="message-foot">
        <Branches node={question} />
        <CopyIcon text={text} what="the question" />
        <IconButton
          icon="edit"
          data-edit
          label="Edit the question"
          disabled={busy.value.has(conversation.value.id)}
          onClick={() => setEdited(true)}
        />
      </div>
    </article>
  )
}

function EditedQuestion({ question, onClose }: { readonly question: Question; readonly onClose: () => void }) {
  const [text, setText] = useState(question.text)
  const [images, setImages] = useState(question.images)
  const area = useRef<HTMLTextAreaElement>(null)
  useEffect(() => area.current?.focus(), [])
  const isEmpty = text.trim() === '' && images.length === 0
  const submit = (): void => {
    if (isEmpty) return
    onClose()
    void send(text.trim(), images, question.parent)
  }
  return (
    <article class="message question" aria-label="You said">
      <form class="edit" onSubmit={(event) => (event.preventDefault(), submit())}>
        {images.length > 0 && (
          <Thumbnails images={images} onRemove={(index) => setImages(images.filter((_, at) => at !== index))} />
        )}
        <textarea
          class="input"
          aria-label="Edited question"
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
          <span class="quiet small">What was said after it stays, as another branch.</span>
          <Button small onClick={onClose}>
            Cancel
          </Button>
          <Button small kind="primary" type="submit" disabled={isEmpty}>
            Ask again
          </Button>
        </div>
      </form>
    </article>
  )
}
