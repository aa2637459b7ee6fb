import { statusGroupOf } from '../../inspector/filter.js'
import type { Progress } from '../../state/recorder.js'
import { Badge, type Tone } from '../../ui/badge.js'

const TONES = { '': 'quiet', active: 'info', ok: 'ok', 'not-ok': 'bad', failed: 'bad', stopped: 'quiet' } as const

const OUTCOME_LABELS: Readonly<Record<Progress['outcome'], string>> = {
  pending: 'waiting',
  headers: 'receiving',
  streaming: 'streaming',
  complete: '',
  opaque: 'not readable',
  failed: 'failed',
  aborted: 'aborted',
  canceled: 'canceled',
}

/** The status and outcome of an exchange. */
export function StatusBadge({ progress }: { readonly progress: Progress }) {
  const tone: Tone = TONES[statusGroupOf(progress)]
  const label = OUTCOME_LABELS[progress.outcome]
  const { status } = progress
  return (
    <Badge tone={tone} dot={tone === 'info'}>
      {[status, label].filter((part) => part !== undefined && part !== '' && part !== 0).join(' ')}
    </Badge>
  )
}
