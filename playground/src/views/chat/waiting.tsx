import type { Run } from '../../chat/run.js'
import { conversation } from '../../chat/session.js'
import { duration } from '../../lib/format.js'
import { Progress } from '../../ui/progress.js'
import { useElapsed } from './use-elapsed.js'

const PHASE_LABELS = {
  waiting: 'Waiting for the model',
  'model-load': 'Loading the model',
  'prompt-processing': 'Processing the prompt',
} as const

/** After this time the page explains why a response can take long. */
const EXPLAIN_AFTER_MS = 4_000

/** What the server does before the response starts. */
export function Waiting({ run: { phase, progress, startedAt } }: { readonly run: Run }) {
  const current = phase.value
  const hasStarted = current === 'thinking' || current === 'responding'
  const elapsed = useElapsed(hasStarted ? undefined : startedAt)
  if (hasStarted) return null
  const isLong = current === 'waiting' && elapsed > EXPLAIN_AFTER_MS && !conversation.value.isNative
  return (
    <div class="waiting">
      <Progress label={PHASE_LABELS[current]} value={progress.value} note={note(progress.value, elapsed)} />
      {isLong && (
        <p class="quiet small">
          LM Studio may be loading the model or processing a long prompt. To see its progress, turn on “Store the chat
          in LM Studio” in the settings.
        </p>
      )}
    </div>
  )
}

const note = (progress: number | undefined, elapsed: number): string => {
  const time = duration(Math.floor(elapsed / 1000) * 1000 || 1)
    .replace(/^1 ms$/, '0 s')
    .replace('.0 s', ' s')
  return progress === undefined ? time : `${Math.round(progress * 100)}% · ${time}`
}
