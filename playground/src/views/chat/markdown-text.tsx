import { useLayoutEffect, useRef } from 'preact/hooks'
import type { StreamingText } from '../../chat/run.js'
import type { createMarkdownWriter, MarkdownWriter } from '../../markdown/markdown-writer.js'
import { whenNear } from '../../ui/when-near.js'

interface MarkdownTextProps {
  /** The text, unless `stream` is set. */
  readonly text: string
  readonly stream: StreamingText | undefined
  /** Settles when the stream has ended. */
  readonly end: Promise<unknown> | undefined
}

/** Set once the module is loaded, so that later texts are rendered without a frame of plain text. */
let createWriter: typeof createMarkdownWriter | undefined

/**
 * Renders Markdown, and shows the plain text until then: a finished text is rendered when it comes near the visible part,
 * and the first text of a page waits for the module. Props are read once: use another `key` for another text.
 */
export function MarkdownText({ text, stream, end }: MarkdownTextProps) {
  const target = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = target.current!
    let hasLeft = false
    let writer: MarkdownWriter | undefined
    let unsubscribe: (() => void) | undefined

    const render = (create: typeof createMarkdownWriter, isPrinting: boolean): void => {
      // A long text is rendered over several frames. Without its height, the messages below would move up until then.
      const { offsetHeight } = element
      writer = create(element)
      element.classList.remove('md-plain')
      element.replaceChildren()
      unsubscribe = stream?.subscribe((delta) => writer!.write(delta))
      if (stream === undefined) {
        element.style.minHeight = `${offsetHeight}px`
        writer.write(text)
        writer.end(() => (element.style.minHeight = ''))
      } else void end?.then(() => writer!.end())
      writer.flush(isPrinting ? Infinity : undefined)
    }
    const start = (isPrinting: boolean): void => {
      if (createWriter !== undefined) return render(createWriter, isPrinting)
      import('../../markdown/markdown-writer.js').then(
        (module) => {
          createWriter = module.createMarkdownWriter
          const show = (): void => {
            if (!hasLeft) render(module.createMarkdownWriter, isPrinting)
          }
          // Evaluating the module already takes a good part of a frame.
          if (isPrinting) show()
          else requestAnimationFrame(show)
        },
        // Without the module, for example after an update of the page on its server, the text stays plain.
        () => {
          if (!hasLeft) unsubscribe = stream?.subscribe((delta) => element.append(delta))
        },
      )
    }

    element.classList.add('md-plain')
    let stopWaiting: (() => void) | undefined
    if (stream !== undefined) start(false)
    else {
      element.textContent = text
      stopWaiting = whenNear(element, start)
    }
    return () => {
      hasLeft = true
      stopWaiting?.()
      unsubscribe?.()
      writer?.stop()
    }
  }, [])
  return <div ref={target} class="md" />
}
