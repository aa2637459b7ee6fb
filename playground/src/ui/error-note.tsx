import { describeError } from '../state/connection.js'
import { Button } from './button.js'
import { Prose } from './prose.js'

interface ErrorNoteProps {
  readonly error: unknown
  /** What failed, as a sentence. */
  readonly title?: string
  readonly onRetry?: () => void
  readonly onDismiss?: () => void
}

/** An error with the message, hint and code of the library. */
export function ErrorNote({ error, title, onRetry, onDismiss }: ErrorNoteProps) {
  const { message, hint, code } = describeError(error)
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
