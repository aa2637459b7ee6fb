import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { selectedPath } from '../../chat/conversation.js'
import { MAX_IMAGES, MAX_SIDE, prepareImage } from '../../chat/image.js'
import { conversation, run, send } from '../../chat/session.js'
import { chatModel } from '../../state/models.js'
import { Button, IconButton } from '../../ui/button.js'
import { isSendKey } from './keys.js'
import { Thumbnails } from './thumbnails.js'

interface Draft {
  readonly text: string
  readonly images: readonly string[]
}

/** Unsent messages by conversation. They survive closing the view and losing the server. */
const drafts = new Map<string, Draft>()

/** The input for messages. Images can be pasted, dropped or picked. */
export function Composer() {
  const [id] = useState(() => conversation.peek().id)
  const [text, setText] = useState(() => drafts.get(id)?.text ?? '')
  const [images, setImages] = useState<readonly string[]>(() => drafts.get(id)?.images ?? [])
  // A layout effect, because the view can be closed before other effects run.
  useLayoutEffect(() => {
    if (text === '' && images.length === 0) drafts.delete(id)
    else drafts.set(id, { text, images })
  }, [text, images])
  const [pending, setPending] = useState(0)
  const [problem, setProblem] = useState<string>()
  const [isDraggedOver, setDraggedOver] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const hint = useId()
  const running = run.value
  const model = chatModel.value
  const isEmpty = text.trim() === '' && images.length === 0
  const lacksVision = images.length > 0 && model?.capabilities.vision === false

  const addImages = async (files: readonly File[]): Promise<void> => {
    setProblem(undefined)
    const room = MAX_IMAGES - images.length - pending
    const accepted = files.slice(0, Math.max(0, room))
    const problems = files.length > accepted.length ? [`A message can contain at most ${MAX_IMAGES} images.`] : []
    setPending((count) => count + accepted.length)
    for (const file of accepted) {
      try {
        const image = await prepareImage(file)
        setImages((all) => [...all, image])
      } catch (error) {
        problems.push((error as Error).message)
      }
      setPending((count) => count - 1)
    }
    if (problems.length > 0) setProblem(problems.join(' '))
  }

  const submit = (): void => {
    if (isEmpty || pending > 0 || run.peek() !== undefined || model === undefined) return
    setText('')
    setImages([])
    setProblem(undefined)
    void send(text.trim(), images, selectedPath(conversation.peek()).at(-1)?.id)
  }

  const getFiles = (data: DataTransfer | null): File[] => [...(data?.files ?? [])]

  return (
    <form
      class={`composer${isDraggedOver ? ' composer-over' : ''}`}
      aria-label="New message"
      onSubmit={(event) => (event.preventDefault(), submit())}
      onDragOver={(event) => {
        if (event.dataTransfer?.types.includes('Files') !== true) return
        event.preventDefault()
        setDraggedOver(true)
      }}
      onDragLeave={() => setDraggedOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setDraggedOver(false)
        void addImages(getFiles(event.dataTransfer))
      }}
    >
      {images.length + pending > 0 && (
        <Thumbnails images={images} onRemove={(index) => setImages(images.filter((_, at) => at !== index))} />
      )}
      {pending > 0 && <p class="quiet small">Preparing images…</p>}
      {problem !== undefined && (
        <p class="field-error" role="alert">
          {problem}
        </p>
      )}
      {lacksVision && (
        <p class="field-error">{model.displayName ?? model.id} does not support images. Pick another model.</p>
      )}
      <textarea
        class="composer-text"
        aria-label="Message"
        aria-describedby={hint}
        placeholder={isDraggedOver ? 'Drop images here' : 'Send a message'}
        rows={1}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onPaste={(event) => {
          const files = getFiles(event.clipboardData)
          if (files.length === 0) return
          event.preventDefault()
          void addImages(files)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') running?.stop()
          else if (isSendKey(event)) {
            event.preventDefault()
            submit()
          }
        }}
      />
      <div class="composer-foot">
        <IconButton
          icon="image"
          label={`Add images (up to ${MAX_IMAGES}, resized to at most ${MAX_SIDE} pixels)`}
          onClick={() => picker.current!.click()}
        />
        <input
          ref={picker}
          class="hidden"
          type="file"
          accept="image/*"
          multiple
          tabIndex={-1}
          aria-hidden="true"
          data-testid="images"
          onChange={({ currentTarget }) => {
            void addImages([...(currentTarget.files ?? [])])
            currentTarget.value = ''
          }}
        />
        <span class="quiet small composer-hint" id={hint}>
          Enter to send, Shift+Enter for a new line, Esc to stop
        </span>
        {running === undefined ? (
          <Button kind="primary" type="submit" disabled={isEmpty || pending > 0 || model === undefined}>
            Send
          </Button>
        ) : (
          <Button key="stop" kind="danger" icon="stop" onClick={() => running.stop()}>
            Stop
          </Button>
        )}
      </div>
    </form>
  )
}
