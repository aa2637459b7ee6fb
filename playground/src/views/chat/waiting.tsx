import type { Run } from '../../chat/run.js'
import { conversation } from '../../chat/session.js'
import { duration } from '../../lib/format.js'
import { Progress } from '../../ui/progress.js'
import { useElapsed } from './use-elapsed.js'

const SAID = {
  waiting: 'Waiting for the model',
  'model-load': 'Loading the model',
  'prompt-processing': 'Reading the prompt',
} as const

// Sooner than this, nobody wonders.
const WONDER_MS = 4_000

/** What the server does before it answers. */
export function Waiting({ run: { phase, progress, startedAt } }: { readonly run: Run }) {
  const now = phase.value
  const isOver = now === 'thinking' || now === 'answering'
  const elapsed = useElapsed(isOver ? undefined : startedAt)
  if (isOver) return null
  const isLong = now === 'waiting' && elapsed > WONDER_MS && !conversation.value.isNative
  return (
    <div class="waiting">
      <Progress label={SAID[now]} value={progress.value} note={note(progress.value, elapsed)} />
      {isLong && (
        <p class="quiet small">
          It may be loading the model or reading a long prompt. “LM Studio keeps the conversation” in the settings shows
          how far it is.
        </p>
      )}
    </div>
  )
}

const note = (progress: number | undefined, elapsed: number): string => {
  const time = duration(Math.floor(elapsed / 1000) * 1000 || 1)
    .replace(/^1 ms$/, '0 s')
    .replace('.0 s', ' s')
  return progress === undefined ? time : `${Math.round(progress * 100)} % · ${time}`
}
