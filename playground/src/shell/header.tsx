import { endpoint, isMock, provider, status } from '../state/connection.js'
import { inFlight } from '../state/recorder.js'
import { linkTo } from '../state/route.js'
import { Badge } from '../ui/badge.js'
import { ConnectionBadge } from '../ui/connection-badge.js'
import { ThemeSwitch } from './theme-switch.js'

export function Header() {
  return (
    <header class="header">
      <a class="brand" href={linkTo('connect')}>
        <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
          <rect class="brand-ground" width="32" height="32" rx="9" />
          <path class="brand-lines" d="M8 11h10M8 16h7M8 21h12" />
          <circle class="brand-dot" cx="24" cy="11" r="2.5" />
        </svg>
        <span>
          lmstudio-provider <span class="quiet">playground</span>
        </span>
      </a>
      <Connection />
      <ThemeSwitch />
    </header>
  )
}

function Connection() {
  const at = (provider.value?.endpoint ?? endpoint.value).replace(/^https?:\/\//, '')
  return (
    <div class="connection">
      <span class={`working${inFlight.value > 0 ? '' : ' working-not'}`} aria-hidden="true" />
      {isMock.value !== false && <Badge tone="mock">Mock</Badge>}
      <a class="connection-link" href={linkTo('connect')} title={`Server: ${at}`}>
        <ConnectionBadge />
        {status.value !== 'idle' && isMock.value !== 'page' && <span class="connection-at">{at}</span>}
      </a>
    </div>
  )
}
