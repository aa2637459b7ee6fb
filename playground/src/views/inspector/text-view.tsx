import { useState } from 'preact/hooks'
import { bytes } from '../../lib/format.js'
import { Button } from '../../ui/button.js'
import { CodeBlock } from '../../ui/code-block.js'

// A request with an image can have a million characters.
const MAX_SHOWN = 60_000

interface TextViewProps {
  readonly text: string
  readonly language: string
  readonly label: string
}

/** A text that may be very long. Shows its beginning and a button for the rest. */
export function TextView({ text, language, label }: TextViewProps) {
  const [showsAll, setShowsAll] = useState(false)
  const isTruncated = !showsAll && text.length > MAX_SHOWN
  return (
    <div class="stack">
      <CodeBlock
        code={isTruncated ? text.slice(0, MAX_SHOWN) : text}
        copyText={text}
        language={language}
        label={label}
      />
      {isTruncated && (
        <div class="row">
          <span class="quiet small">
            The first {bytes(MAX_SHOWN)} of {bytes(text.length)}.
          </span>
          <Button small kind="quiet" onClick={() => setShowsAll(true)}>
            Show all
          </Button>
        </div>
      )}
    </div>
  )
}
