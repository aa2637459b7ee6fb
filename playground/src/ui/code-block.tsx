import { useEffect, useState } from 'preact/hooks'
import { CopyButton } from './copy-button.js'
import { trusted } from './trusted.js'

// Highlighting longer code takes too long.
const MAX_HIGHLIGHTED = 100_000

interface CodeBlockProps {
  readonly code: string
  /** `json`, `javascript`, `bash`, … */
  readonly language: string
  /** The accessible name, also used for the copy button. */
  readonly label: string
  /** The text to copy, if `code` is only a part of it. */
  readonly copyText?: string
}

/** A code block. It is highlighted as soon as the highlighter is loaded. */
export function CodeBlock({ code, language, label, copyText = code }: CodeBlockProps) {
  const [highlighted, setHighlighted] = useState<{ readonly code: string; readonly html: string }>()
  useEffect(() => {
    let isUnmounted = false
    if (code.length <= MAX_HIGHLIGHTED) {
      void import('./highlight.js').then(({ highlight }) => {
        const html = isUnmounted ? undefined : highlight(code, language)
        if (html !== undefined) setHighlighted({ code, html: trusted().createHTML(html) })
      })
    }
    return () => {
      isUnmounted = true
    }
  }, [code, language])
  return (
    <div class="code-block">
      <CopyButton text={copyText} what={label} />
      <pre tabIndex={0} role="region" aria-label={label}>
        {highlighted?.code === code ? (
          <code dangerouslySetInnerHTML={{ __html: highlighted.html }} />
        ) : (
          <code>{code}</code>
        )}
      </pre>
    </div>
  )
}
