import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { path } from '../../chat/conversation.js'
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

/** What is not sent yet, by conversation: the view may be left meanwhile, and the server may go. */
const drafts = new Map<string, Draft>()

/** Where one writes. Images come by paste, by drop or from the picker. */
export function Composer() {
  const [id] = useState(() => conversation.peek().id)
  const [text, setText] = useState(() => drafts.get(id)?.text ?? '')
  const [images, setImages] = useState<readonly string[]>(() => drafts.get(id)?.images ?? [])
  // Before the view can be left.
  useLayoutEffect(() => {
    if (text === '' && images.length === 0) drafts.delete(id)
    else drafts.set(id, { text, images })
  }, [text, images])
  const [pending, setPending] = useState(0)
  const [problem, setProblem] = useState<string>()
  const [isOver, setOver] = useState(false)
  const picker = useRef<HTMLInputElement>(null)
  const hint = useId()
  const running = run.value
  const model = chatModel.value
  const isEmpty = text.trim() === '' && images.length === 0
  const cannotSee = images.length > 0 && model?.capabilities.vision === false

  const take = async (files: readonly File[]): Promise<void> => {
    setProblem(undefined)
    const room = MAX_IMAGES - images.length - pending
    const taken = files.slice(0, Math.max(0, room))
    const problems = files.length > taken.length ? [`A message holds at most ${MAX_IMAGES} images.`] : []
    setPending((count) => count + taken.length)
    for (const file of taken) {
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
    void send(text.trim(), images, path(conversation.peek()).at(-1)?.id)
  }

  const filesOf = (data: DataTransfer | null): File[] => [...(data?.files ?? [])]

  return (
    <form
      class={`composer${isOver ? ' composer-over' : ''}`}
      aria-label="Your message"
      onSubmit={(event) => (event.preventDefault(), submit())}
      onDragOver={(event) => {
        if (event.dataTransfer?.types.includes('Files') !== true) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        void take(filesOf(event.dataTransfer))
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
      {cannotSee && (
        <p class="field-error">{model.displayName ?? model.id} does not read images: pick another model.</p>
      )}
      <textarea
        class="composer-text"
        aria-label="Message"
        aria-describedby={hint}
        placeholder={isOver ? 'Drop images here' : 'Ask something'}
        rows={1}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onPaste={(event) => {
          const files = filesOf(event.clipboardData)
          if (files.length === 0) return
          event.preventDefault()
          void take(files)
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
          label={`Add images (at most ${MAX_IMAGES}; made no larger than ${MAX_SIDE} pixels)`}
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
            void take([...(currentTarget.files ?? [])])
            currentTarget.value = ''
          }}
        />
        <span class="quiet small composer-hint" id={hint}>
          Enter sends, Shift+Enter begins a line, Esc stops.
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
