import { useLayoutEffect, useRef } from 'preact/hooks'
import type { GrowingText } from '../../chat/run.js'
import { createMarkdownWriter } from '../../markdown/markdown-writer.js'

interface MarkdownTextProps {
  /** What is shown unless it is growing. */
  readonly text: string
  readonly growing: GrowingText | undefined
  /** Settles when it has stopped growing. */
  readonly end: Promise<unknown> | undefined
}

/** Markdown. What it begins with counts: give it another key to show another text. */
export function MarkdownText({ text, growing, end }: MarkdownTextProps) {
  const target = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const writer = createMarkdownWriter(target.current!)
    const leave = growing?.follow((more) => writer.write(more))
    if (growing === undefined) {
      writer.write(text)
      writer.end()
    } else void end?.then(() => writer.end())
    writer.flush()
    return () => {
      leave?.()
      writer.stop()
    }
  }, [])
  return <div ref={target} class="md" />
}
