import { useEffect, useRef, useState } from 'preact/hooks'
import type { TextFile } from '../../chat/text-file.js'
import { Button } from '../../ui/button.js'
import { Attachments } from './attachments.js'
import { editedId } from './editing.js'
import { isSendKey } from './keys.js'
import { Thumbnails } from './thumbnails.js'

interface MessageEditorProps {
  /** The accessible name of the text field. */
  readonly label: string
  readonly text: string
  readonly images?: readonly string[]
  readonly files?: readonly TextFile[]
  /** The button that saves. */
  readonly action: string
  readonly onSave: (edited: Edited) => void
}

interface Edited {
  readonly text: string
  readonly images: readonly string[]
  readonly files: readonly TextFile[]
}

/** Edits a message. */
export function MessageEditor({ label, action, onSave, ...message }: MessageEditorProps) {
  const [text, setText] = useState(message.text)
  const [images, setImages] = useState(message.images ?? [])
  const [files, setFiles] = useState(message.files ?? [])
  const area = useRef<HTMLTextAreaElement>(null)
  useEffect(() => area.current?.focus(), [])
  const isEmpty = text.trim() === '' && images.length === 0 && files.length === 0
  const close = (): void => {
    editedId.value = undefined
  }
  const submit = (): void => {
    if (isEmpty) return
    close()
    onSave({ text: text.trim(), images, files })
  }
  return (
    <form class="edit" onSubmit={(event) => (event.preventDefault(), submit())}>
      {images.length > 0 && (
        <Thumbnails images={images} onRemove={(index) => setImages(images.filter((_, at) => at !== index))} />
      )}
      {files.length > 0 && (
        <Attachments files={files} onRemove={(index) => setFiles(files.filter((_, at) => at !== index))} />
      )}
      <textarea
        class="input"
        aria-label={label}
        dir="auto"
        value={text}
        ref={area}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (isSendKey(event)) {
            event.preventDefault()
            submit()
          } else if (event.key === 'Escape') {
            event.stopPropagation()
            close()
          }
        }}
      />
      <div class="row">
        <span class="quiet small">The current version is kept.</span>
        <Button small onClick={close}>
          Cancel
        </Button>
        <Button small kind="primary" type="submit" disabled={isEmpty}>
          {action}
        </Button>
      </div>
    </form>
  )
}
