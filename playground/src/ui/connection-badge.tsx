import { status, type Status } from '../state/connection.js'
import { Badge, type Tone } from './badge.js'

const STATUS_LABELS: Readonly<Record<Status, readonly [tone: Tone, text: string]>> = {
  idle: ['quiet', 'Not connected'],
  connecting: ['info', 'Connecting…'],
  connected: ['ok', 'Connected'],
  limited: ['warn', 'Limited'],
  unreachable: ['bad', 'Unreachable'],
  failed: ['bad', 'Not connected'],
}

/** The status of the connection. Screen readers announce its changes. */
export function ConnectionBadge() {
  const [tone, text] = STATUS_LABELS[status.value]
  return (
    <span role="status">
      <Badge tone={tone} dot>
        {text}
      </Badge>
    </span>
  )
}
