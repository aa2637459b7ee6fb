import { requestOf } from '../state/request-link.js'
import { linkTo } from '../state/route.js'
import { Icon } from './icon.js'

interface RequestLinkProps {
  /** The label of the call: see `labeled()`. */
  readonly label: string
  /** Whether only the icon is visible. */
  readonly isIcon?: boolean
}

/** A link to the recorded request of a call. Renders nothing once the request is no longer recorded. */
export function RequestLink({ label, isIcon = false }: RequestLinkProps) {
  const id = requestOf(label)
  if (id === undefined) return null
  const href = linkTo('inspector', String(id))
  return isIcon ? (
    <a class="icon-button" href={href} aria-label="Show request" title="Show request">
      <Icon name="inspector" />
    </a>
  ) : (
    <a href={href}>Show request</a>
  )
}
