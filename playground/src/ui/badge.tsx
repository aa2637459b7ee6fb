import type { ComponentChildren } from 'preact'

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'mock' | 'quiet'

/** A short label for a state. `dot` adds a status dot. */
export function Badge({
  tone = 'quiet',
  dot = false,
  children,
}: {
  readonly tone?: Tone
  readonly dot?: boolean
  readonly children: ComponentChildren
}) {
  return <span class={`badge badge-${tone}${dot ? ' badge-dot' : ''}`}>{children}</span>
}
