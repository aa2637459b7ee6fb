import { useEffect, useState } from 'preact/hooks'
import { CopyButton } from './copy-button.js'
import { trusted } from './trusted.js'

// Beyond this, colours cost more time than they are worth.
const MAX_COLOURED = 100_000

interface CodeBlockProps {
  readonly code: string
  /** `json`, `javascript`, `bash`, … */
  readonly language: string
  /** Its name for screen readers, and for the copy button. */
  readonly label: string
  /** What is copied, where only a part is shown. */
  readonly copied?: string
}

/** Code with colours, which come once the highlighter has been loaded; until then as it is. */
export function CodeBlock({ code, language, label, copied = code }: CodeBlockProps) {
  const [coloured, setColoured] = useState<{ readonly of: string; readonly html: string }>()
  useEffect(() => {
    let isGone = false
    if (code.length <= MAX_COLOURED) {
      void import('./highlight.js').then(({ highlight }) => {
        const html = isGone ? undefined : highlight(code, language)
        if (html !== undefined) setColoured({ of: code, html: trusted().createHTML(html) })
      })
    }
    return () => {
      isGone = true
    }
  }, [code, language])
  return (
    <div class="code-block">
      <CopyButton text={copied} what={label} />
      <pre tabIndex={0} role="region" aria-label={label}>
        {coloured?.of === code ? <code dangerouslySetInnerHTML={{ __html: coloured.html }} /> : <code>{code}</code>}
      </pre>
    </div>
  )
}
