import { useLayoutEffect, useRef } from 'preact/hooks'
import { createMarkdownWriter, type MarkdownWriter } from '../markdown/markdown-writer.js'
import '../views/chat/markdown.css'

interface GrowingMarkdownProps {
  readonly text: string
  /** Whether the text may still grow. */
  readonly isStreaming: boolean
}

/** Renders Markdown that grows between renders. */
export function GrowingMarkdown({ text, isStreaming }: GrowingMarkdownProps) {
  const target = useRef<HTMLDivElement>(null)
  const shown = useRef<{ readonly writer: MarkdownWriter; readonly text: string; readonly hasEnded: boolean }>(
    undefined,
  )

  useLayoutEffect(() => {
    const before = shown.current
    const continues = before !== undefined && text.startsWith(before.text) && !(before.hasEnded && text !== before.text)
    if (!continues) {
      before?.writer.stop()
      target.current!.replaceChildren()
    }
    const writer = continues ? before.writer : createMarkdownWriter(target.current!)
    writer.write(continues ? text.slice(before.text.length) : text)
    if (!isStreaming && !(continues && before.hasEnded)) writer.end()
    shown.current = { writer, text, hasEnded: !isStreaming }
    if (!continues) writer.flush()
  }, [text, isStreaming])

  useLayoutEffect(() => () => shown.current?.writer.stop(), [])
  return <div ref={target} class="md" />
}
