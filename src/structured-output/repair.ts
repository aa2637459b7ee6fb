import type { CompletionRequest } from '../completions/types.js'
import { OutputValidationError } from '../errors/errors.js'
import { toMessages } from '../generation/messages.js'
import { formatPath } from '../validation/validate.js'

const MAX_ISSUES = 20

/** Whether showing the model what it wrote can help; an answer that was cut, withheld or never written it cannot. */
export function isRepairable(error: unknown): error is OutputValidationError {
  return (
    OutputValidationError.isInstance(error) && (error.code === 'output-not-json' || error.code === 'output-mismatch')
  )
}

/** The same request, followed by what came of it and what is wrong with that. */
export function toRepair(
  { messages, prompt, system, ...settings }: CompletionRequest,
  error: OutputValidationError,
): CompletionRequest {
  const list = error.issues
    .slice(0, MAX_ISSUES)
    .map(({ path, message }) => `- ${path.length === 0 ? '' : `${formatPath(path)}: `}${message}`)
  const wrong = list.length === 0 ? 'That is not JSON.' : `That does not fit the schema:\n${list.join('\n')}`
  return {
    ...settings,
    messages: [
      ...toMessages({ messages, prompt, system }),
      { role: 'assistant', content: error.text },
      { role: 'user', content: `${wrong}\nAnswer again, with nothing but JSON that fits.` },
    ],
  } as CompletionRequest
}

/** The failure of the second answer, with that of the first as its cause. */
export function failedTwice(first: OutputValidationError, second: unknown): unknown {
  if (OutputValidationError.isInstance(second)) attachCause(second, first)
  return second
}

const attachCause = (error: Error, cause: Error): void =>
  void Object.defineProperty(error, 'cause', { value: cause, writable: true, configurable: true })
