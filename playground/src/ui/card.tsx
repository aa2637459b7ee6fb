import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface CardProps {
  readonly title: string
  /** Buttons next to the title. */
  readonly actions?: ComponentChildren
  readonly children: ComponentChildren
  readonly class?: string
}

/** A titled section of a view. */
export function Card({ title, actions, children, class: name = '' }: CardProps) {
  const id = useId()
  return (
    <section class={`card ${name}`} aria-labelledby={id}>
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        {actions !== undefined && <div class="row">{actions}</div>}
      </div>
      {children}
    </section>
  )
}

/** The title, lead and actions of a view. */
export function ViewHead({
  title,
  lead,
  actions,
}: {
  readonly title: string
  readonly lead?: ComponentChildren
  readonly actions?: ComponentChildren
}) {
  return (
    <div class="view-head">
      <div>
        <h1>{title}</h1>
        {lead !== undefined && <p class="lead">{lead}</p>}
      </div>
      {actions !== undefined && <div class="row">{actions}</div>}
    </div>
  )
}
