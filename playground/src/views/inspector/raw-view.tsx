import { isUnderWay } from '../../inspector/find.js'
import { bytes, count } from '../../lib/format.js'
import type { Exchange } from '../../state/recorder.js'
import { CopyButton } from '../../ui/copy-button.js'
import { TextView } from './text-view.js'

// While it goes on, each frame shows it anew.
const TAIL = 4_000

const pieces = (number: number): string => (number === 1 ? '1 piece' : `${count(number)} pieces`)

/** The answer as it came; its end while it goes on. */
export function RawView({ exchange }: { readonly exchange: Exchange }) {
  void exchange.chunkCount.value
  const { outcome, droppedBytes } = exchange.progress.value
  const { chunks } = exchange
  const whole = (): string => chunks.map(({ text }) => text).join('')
  if (isUnderWay(outcome)) {
    let tail = ''
    for (let index = chunks.length - 1; index >= 0 && tail.length < TAIL; index--) tail = chunks[index]!.text + tail
    return (
      <div class="stack">
        <div class="row">
          <span class="quiet small">{pieces(chunks.length)} so far; the end of it:</span>
          <CopyButton text={whole} what="what has come so far" />
        </div>
        <pre class="raw-tail" tabIndex={0} role="region" aria-label="The end of the answer so far">
          {tail.slice(-TAIL)}
        </pre>
      </div>
    )
  }
  return (
    <div class="stack">
      <p class="quiet small">
        {pieces(chunks.length)} off the wire{chunks.length > 1 && ', put together'}.
        {droppedBytes > 0 && ` Another ${bytes(droppedBytes)} came and were not kept.`}
      </p>
      {chunks.length > 0 && <TextView text={whole()} language="text" label="The raw answer" />}
    </div>
  )
}
