import { useState } from 'preact/hooks'
import type { Run } from '../../chat/run.js'
import type { AssistantMessage } from '../../chat/types.js'
import { duration } from '../../lib/format.js'
import { Icon } from '../../ui/icon.js'
import { MarkdownText } from './markdown-text.js'
import { useElapsed } from './use-elapsed.js'

interface ReasoningProps {
  readonly message: AssistantMessage
  readonly run: Run | undefined
}

/** The reasoning of the model, collapsed by default. */
export function Reasoning({ message: { reasoning = '', reasoningMs }, run }: ReasoningProps) {
  const [isOpen, setOpen] = useState(false)
  const since = run?.thinkingSince.value
  const isThinking = run?.phase.value === 'thinking'
  const elapsed = useElapsed(isThinking ? since : undefined)
  if (run !== undefined && since === undefined) return null
  return (
    <details class="reasoning" open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <Icon name="right" />
        {isThinking ? `Reasoning for ${duration(elapsed)}` : reasonedFor(reasoningMs)}
      </summary>
      {isOpen && <MarkdownText text={reasoning} stream={run?.reasoning} end={run?.outcome} />}
    </details>
  )
}

const reasonedFor = (ms: number | undefined): string =>
  ms === undefined ? 'Reasoning' : `Reasoned for ${duration(ms)}`
