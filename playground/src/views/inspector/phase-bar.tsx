import { shortDuration, phasesOf, describePhases } from '../../inspector/phases.js'
import { useNow } from '../../lib/use-now.js'
import type { Exchange } from '../../state/recorder.js'

/** The phases of an exchange, as a bar and in numbers. */
export function PhaseBar({ exchange }: { readonly exchange: Exchange }) {
  const { timing } = exchange.progress.value
  const now = useNow(100, timing.end === undefined)
  const phases = phasesOf(timing, now - +exchange.startedAt)
  const total = phases.reduce((sum, { ms }) => sum + ms, 0)
  const share = (ms: number): string => `${total === 0 ? 0 : (ms / total) * 100}%`
  return (
    <div class="phases">
      <svg class="phase-bar" width="100%" height="14" role="img" aria-label={describePhases(phases)}>
        {phases.map(({ name, from, ms }, index) => (
          <rect key={name} class={`phase-${index}`} x={share(from)} y="0" width={share(ms)} height="14" />
        ))}
      </svg>
      <ul class="phase-list">
        {phases.map(({ name, ms }, index) => (
          <li key={name}>
            <svg class="phase-mark" width="10" height="10" aria-hidden="true">
              <rect class={`phase-${index}`} width="10" height="10" rx="3" />
            </svg>
            {name} <b>{shortDuration(ms)}</b>
          </li>
        ))}
        <li>
          Total <b>{shortDuration(total)}</b>
        </li>
      </ul>
    </div>
  )
}
