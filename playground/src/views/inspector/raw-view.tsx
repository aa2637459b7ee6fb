import { isActive } from '../../inspector/filter.js'
import { bytes, plural } from '../../lib/format.js'
import type { Exchange } from '../../state/recorder.js'
import { CopyButton } from '../../ui/copy-button.js'
import { TextView } from './text-view.js'

/** Characters shown of an active stream, which renders with every frame. */
const TAIL = 4_000

/** The response as received; only its end while it is streaming. */
export function RawView({ exchange }: { readonly exchange: Exchange }) {
  void exchange.chunkCount.value
  const { outcome, droppedBytes } = exchange.progress.value
  const { chunks } = exchange
  const fullText = (): string => chunks.map(({ text }) => text).join('')
  if (isActive(outcome)) {
    let tail = ''
    for (let index = chunks.length - 1; index >= 0 && tail.length < TAIL; index--) tail = chunks[index]!.text + tail
    return (
      <div class="stack">
        <div class="row">
          <span class="quiet small">{plural(chunks.length, 'chunk')} so far. The end of the response:</span>
          <CopyButton text={fullText} what="the response so far" />
        </div>
        <pre class="raw-tail" tabIndex={0} role="region" aria-label="End of the response so far">
          {tail.slice(-TAIL)}
        </pre>
      </div>
    )
  }
  return (
    <div class="stack">
      <p class="quiet small">
        {plural(chunks.length, 'chunk')} received{chunks.length > 1 && ', joined'}.
        {droppedBytes > 0 && ` ${bytes(droppedBytes)} more were received but not recorded.`}
      </p>
      {chunks.length > 0 && <TextView text={fullText()} language="text" label="Raw response" />}
    </div>
  )
}
