import { useState } from 'preact/hooks'
import { bytes } from '../../lib/format.js'
import { Button } from '../../ui/button.js'
import { CodeBlock } from '../../ui/code-block.js'

// An image in a body is a million characters that nobody reads.
const SHOWN = 60_000

interface TextViewProps {
  readonly text: string
  readonly language: string
  readonly label: string
}

/** A text that may be very long: its beginning, and the whole of it where wanted. */
export function TextView({ text, language, label }: TextViewProps) {
  const [isWhole, setWhole] = useState(false)
  const isCut = !isWhole && text.length > SHOWN
  return (
    <div class="stack">
      <CodeBlock code={isCut ? text.slice(0, SHOWN) : text} copyText={text} language={language} label={label} />
      {isCut && (
        <div class="row">
          <span class="quiet small">
            The first {bytes(SHOWN)} of {bytes(text.length)}.
          </span>
          <Button small kind="quiet" onClick={() => setWhole(true)}>
            Show all of it
          </Button>
        </div>
      )}
    </div>
  )
}
