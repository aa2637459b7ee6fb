import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { selectedPath } from '../../chat/conversation.js'
import { MAX_IMAGES, MAX_SIDE, prepareImage } from '../../chat/image.js'
import { readiness } from '../../chat/readiness.js'
import { announcement, chosenModel, conversation, run, send, stop } from '../../chat/session.js'
import { readTextFile, type TextFile } from '../../chat/text-file.js'
import { Button, IconButton } from '../../ui/button.js'
import { Attachments } from './attachments.js'
import { drafts } from './drafts.js'
import { focusComposer, isSendKey } from './keys.js'
import { Thumbnails } from './thumbnails.js'

interface ComposerProps {
  /** Opens the editor of the last message. */
  readonly onEditLast: () => void
}

/** The input for messages. Images and text files can be pasted, dropped anywhere in the view, or picked. */
export function Composer({ onEditLast }: ComposerProps) {
  const [id] = useState(() => conversation.peek().id)
  const [text, setText] = useState(() => drafts.get(id)?.text ?? '')
  const [images, setImages] = useState<readonly string[]>(() => drafts.get(id)?.images ?? [])
  const [files, setFiles] = useState<readonly TextFile[]>(() => drafts.get(id)?.files ?? [])
  // A layout effect, because the view can be closed before other effects run.
  useLayoutEffect(() => {
    if (text === '' && images.length === 0 && files.length === 0) drafts.delete(id)
    else drafts.set(id, { text, images, files })
  }, [text, images, files])
  const [pending, setPending] = useState(0)
  const [problem, setProblem] = useState<string>()
  const [isQueued, setQueued] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const hint = useId()
  const running = run.value
  const model = chosenModel.value
  const ready = readiness.value
  const isEmpty = text.trim() === '' && images.length === 0 && files.length === 0
  const lacksVision = images.length > 0 && model?.capabilities.vision === false

  const addFiles = async (added: readonly File[]): Promise<void> => {
    setProblem(undefined)
    const isImage = (file: File): boolean => file.type.startsWith('image/')
    const room = Math.max(0, MAX_IMAGES - images.length - pending)
    const accepted = [...added.filter(isImage).slice(0, room), ...added.filter((file) => !isImage(file))]
    const problems = accepted.length < added.length ? [`A message can contain at most ${MAX_IMAGES} images.`] : []
    setPending((count) => count + accepted.length)
    for (const file of accepted) {
      try {
        if (isImage(file)) {
          const image = await prepareImage(file)
          setImages((all) => [...all, image])
        } else {
          const read = await readTextFile(file)
          setFiles((all) => [...all, read])
        }
      } catch (error) {
        problems.push((error as Error).message)
      }
      setPending((count) => count - 1)
    }
    if (problems.length > 0) setProblem(problems.join(' '))
  }
  const isDraggedOver = useDroppedFiles((dropped) => void addFiles(dropped))

  useEffect(focusComposer, [])

  const submit = (): void => {
    if (isEmpty || pending > 0 || run.peek() !== undefined) return
    if (ready.state === 'blocked') {
      announcement.value = ready.text
      return
    }
    if (ready.state === 'pending') return setQueued(true)
    setQueued(false)
    setText('')
    setImages([])
    setFiles([])
    setProblem(undefined)
    void send({ text: text.trim(), images, files }, selectedPath(conversation.peek()).at(-1)?.id)
  }
  // Enter before the models are known sends the message as soon as they are.
  useEffect(() => {
    if (!isQueued || ready.state === 'pending') return
    if (ready.state === 'ready') submit()
    else setQueued(false)
  }, [isQueued, ready])

  const getFiles = (data: DataTransfer | null): File[] => [...(data?.files ?? [])]

  return (
    <form class="composer" aria-label="New message" onSubmit={(event) => (event.preventDefault(), submit())}>
      {isDraggedOver && <div class="drop-here">Drop images or text files to attach them</div>}
      {images.length > 0 && (
        <Thumbnails images={images} onRemove={(index) => setImages(images.filter((_, at) => at !== index))} />
      )}
      {files.length > 0 && (
        <Attachments files={files} onRemove={(index) => setFiles(files.filter((_, at) => at !== index))} />
      )}
      {pending > 0 && <p class="quiet small">Reading files…</p>}
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
        placeholder="Send a message"
        dir="auto"
        rows={1}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onPaste={(event) => {
          const pasted = getFiles(event.clipboardData)
          if (pasted.length === 0) return
          event.preventDefault()
          void addFiles(pasted)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && isQueued) setQueued(false)
          else if (event.key === 'ArrowUp' && text === '') {
            event.preventDefault()
            onEditLast()
          } else if (isSendKey(event)) {
            event.preventDefault()
            submit()
          }
        }}
      />
      <div class="composer-foot">
        <IconButton
          icon="attach"
          label={`Attach images (up to ${MAX_IMAGES}, resized to at most ${MAX_SIDE} pixels) or text files`}
          onClick={() => picker.current!.click()}
        />
        <input
          ref={picker}
          class="hidden"
          type="file"
          multiple
          tabIndex={-1}
          aria-hidden="true"
          data-testid="attach"
          onChange={({ currentTarget }) => {
            void addFiles([...(currentTarget.files ?? [])])
            currentTarget.value = ''
            focusComposer()
          }}
        />
        <span class="quiet small composer-hint" id={hint}>
          {isQueued && ready.state === 'pending'
            ? `${ready.text}. The message is sent then.`
            : 'Enter to send, Shift+Enter for a new line, ? for shortcuts'}
        </span>
        {running === undefined ? (
          <Button
            kind="primary"
            type="submit"
            disabled={isEmpty || pending > 0 || ready.state === 'blocked'}
            busy={isQueued}
          >
            Send
          </Button>
        ) : (
          <Button key="stop" kind="danger" icon="stop" onClick={() => (stop(), focusComposer())}>
            Stop
          </Button>
        )}
      </div>
    </form>
  )
}

/** Takes files that are dropped anywhere in the page: the browser would open them. Returns whether files are over it. */
function useDroppedFiles(onDrop: (files: readonly File[]) => void): boolean {
  const [isOver, setOver] = useState(false)
  const listener = useRef(onDrop)
  listener.current = onDrop
  useEffect(() => {
    const controller = new AbortController()
    const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') === true
    const listen = (type: 'dragover' | 'dragleave' | 'drop', handle: (event: DragEvent) => void): void =>
      document.addEventListener(type, (event) => hasFiles(event) && handle(event), controller)
    listen('dragover', (event) => {
      event.preventDefault()
      setOver(true)
    })
    // Leaving one element for another one has a related target.
    listen('dragleave', ({ relatedTarget }) => relatedTarget === null && setOver(false))
    listen('drop', (event) => {
      event.preventDefault()
      setOver(false)
      listener.current([...event.dataTransfer!.files])
    })
    return () => controller.abort()
  }, [])
  return isOver
}
