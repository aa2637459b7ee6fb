import { useState } from 'preact/hooks'
import { readiness, type Fix } from '../../chat/readiness.js'
import { checkAgain, useMock } from '../../state/connection.js'
import { readModels } from '../../state/models.js'
import { linkTo } from '../../state/route.js'
import { Button } from '../../ui/button.js'

/** Explains why no message can be sent, with the button that fixes it. */
export function ServerBanner() {
  const current = readiness.value
  if (current.state !== 'blocked') return null
  return (
    <div class="chat-banner" role="status" aria-label="Connection">
      <span>{current.text}</span>
      <Fixes fix={current.fix} />
    </div>
  )
}

function Fixes({ fix }: { readonly fix: Fix }) {
  const [isBusy, setBusy] = useState(false)
  const run = async (action: () => Promise<void>): Promise<void> => {
    setBusy(true)
    await action()
    setBusy(false)
  }
  switch (fix) {
    case 'connect':
      return (
        <>
          <a class="button button-plain button-small" href={linkTo('connect')}>
            Connect to LM Studio
          </a>
          <Button small kind="quiet" onClick={() => void useMock()}>
            Use the mock
          </Button>
        </>
      )
    case 'enter-token':
      return (
        <a class="button button-plain button-small" href={linkTo('connect', 'token')}>
          Enter the API token
        </a>
      )
    case 'open-models':
      return (
        <a class="button button-plain button-small" href={linkTo('models')}>
          Open Models
        </a>
      )
    case 'list-models':
      return (
        <Button small busy={isBusy} onClick={() => void run(() => readModels({ refresh: true }))}>
          Try again
        </Button>
      )
    case 'reconnect':
      return (
        <>
          <Button small busy={isBusy} onClick={() => void run(checkAgain)}>
            Try again
          </Button>
          <a class="button button-quiet button-small" href={linkTo('connect')}>
            Details
          </a>
        </>
      )
  }
}
