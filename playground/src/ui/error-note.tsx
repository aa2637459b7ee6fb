import { tell } from '../state/connection.js'
import { Button } from './button.js'
import { Prose } from './prose.js'

interface ErrorNoteProps {
  readonly error: unknown
  /** What was tried, as a sentence. */
  readonly title?: string
  readonly onRetry?: () => void
  readonly onDismiss?: () => void
}

/** What went wrong and what to do, as the library says it. */
export function ErrorNote({ error, title, onRetry, onDismiss }: ErrorNoteProps) {
  const { message, hint, code } = tell(error)
  return (
    <div class="error-note" role="alert">
      {title !== undefined && <p class="error-title">{title}</p>}
      <p>
        <Prose text={message} />
      </p>
      {hint !== undefined && hint !== '' && (
        <p class="error-hint">
          <Prose text={hint} />
        </p>
      )}
      <div class="row">
        {code !== undefined && <code class="error-code">{code}</code>}
        {onRetry !== undefined && (
          <Button small icon="refresh" onClick={onRetry}>
            Try again
          </Button>
        )}
        {onDismiss !== undefined && (
          <Button small kind="quiet" onClick={onDismiss}>
            Dismiss
          </Button>
        )}
      </div>
    </div>
  )
}
