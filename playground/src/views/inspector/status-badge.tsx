import { conditionOf } from '../../inspector/find.js'
import type { Progress } from '../../state/recorder.js'
import { Badge, type Tone } from '../../ui/badge.js'

const TONES = { '': 'quiet', running: 'info', ok: 'ok', refused: 'bad', broken: 'bad', stopped: 'quiet' } as const

const WORDS: Readonly<Record<Progress['outcome'], string>> = {
  pending: 'waiting',
  answered: 'answering',
  streaming: 'streaming',
  complete: '',
  opaque: 'not readable',
  failed: 'failed',
  aborted: 'stopped',
  cancelled: 'left',
}

/** How it stands: the status, and what became of it beyond that. */
export function StatusBadge({ progress }: { readonly progress: Progress }) {
  const tone: Tone = TONES[conditionOf(progress)]
  const word = WORDS[progress.outcome]
  const { status } = progress
  return (
    <Badge tone={tone} dot={tone === 'info'}>
      {[status, word].filter((part) => part !== undefined && part !== '' && part !== 0).join(' ')}
    </Badge>
  )
}
