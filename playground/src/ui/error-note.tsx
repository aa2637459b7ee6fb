import { splitDetails } from '../lib/split-details.js'
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

/** An error with the message and hint of the library. The request and the code are under “Details”. */
export function ErrorNote({ error, title, onRetry, onDismiss }: ErrorNoteProps) {
  const { message, hint, code } = describeError(error)
  const { cause, details } = splitDetails(message)
  return (
    <div class="error-note" role="alert">
      {title !== undefined && <p class="error-title">{title}</p>}
      <p>
        <Prose text={cause} />
      </p>
      {hint !== undefined && hint !== '' && (
        <p class="error-hint">
          <Prose text={hint} />
        </p>
      )}
      {(code !== undefined || details !== undefined) && (
        <details class="error-details">
          <summary>Details</summary>
          {details !== undefined && <p>{details}</p>}
          {code !== undefined && <code class="error-code">{code}</code>}
        </details>
      )}
      <div class="row">
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
