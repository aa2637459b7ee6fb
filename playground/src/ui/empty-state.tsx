import type { ComponentChildren } from 'preact'
import { provider, useMock } from '../state/connection.js'
import { linkTo } from '../state/route.js'
import { Button } from './button.js'
import { Icon, type IconName } from './icon.js'

interface EmptyStateProps {
  readonly icon: IconName
  readonly title: string
  readonly children?: ComponentChildren
  readonly action?: ComponentChildren
}

/** Explains why nothing is shown and what to do. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={icon} />
      </span>
      <p class="empty-title">{title}</p>
      {children !== undefined && <div class="empty-text">{children}</div>}
      {action !== undefined && <div class="row">{action}</div>}
    </div>
  )
}

/** Renders its children only while a server is connected. */
export function NeedsServer({ icon, children }: { readonly icon: IconName; readonly children: ComponentChildren }) {
  if (provider.value !== undefined) return <>{children}</>
  return (
    <EmptyState
      icon={icon}
      title="Not connected"
      action={
        <>
          <a class="button button-primary" href={linkTo('connect')}>
            Connect to LM Studio
          </a>
          <Button onClick={() => void useMock()}>Use the mock</Button>
        </>
      }
    >
      Connect to a server, or use the mock: it runs inside this page and needs no installation.
    </EmptyState>
  )
}
