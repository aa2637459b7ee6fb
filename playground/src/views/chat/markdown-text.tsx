import { useLayoutEffect, useRef } from 'preact/hooks'
import type { StreamingText } from '../../chat/run.js'
import { createMarkdownWriter } from '../../markdown/markdown-writer.js'

interface MarkdownTextProps {
  /** The text, unless `stream` is set. */
  readonly text: string
  readonly stream: StreamingText | undefined
  /** Settles when the stream has ended. */
  readonly end: Promise<unknown> | undefined
}

/** Renders Markdown. Props are read once: use another `key` for another text. */
export function MarkdownText({ text, stream, end }: MarkdownTextProps) {
  const target = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const writer = createMarkdownWriter(target.current!)
    const unsubscribe = stream?.subscribe((delta) => writer.write(delta))
    if (stream === undefined) {
      writer.write(text)
      writer.end()
    } else void end?.then(() => writer.end())
    writer.flush()
    return () => {
      unsubscribe?.()
      writer.stop()
    }
  }, [])
  return <div ref={target} class="md" />
}
