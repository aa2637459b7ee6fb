import type { CompletionRequest } from '../completions/types.js'
import { OutputValidationError } from '../errors/errors.js'
import { toMessages } from '../generation/messages.js'
import { formatPath } from '../validation/validate.js'

const MAX_LISTED_ISSUES = 20

/** Whether a second request can help. It cannot if the response was truncated, withheld or empty. */
export function isRepairable(error: unknown): error is OutputValidationError {
  return (
    OutputValidationError.isInstance(error) && (error.code === 'output-not-json' || error.code === 'output-mismatch')
  )
}

/** Continues the conversation with the rejected response and a user message that lists what is wrong with it. */
export function toRepairRequest(
  { messages, prompt, system, ...settings }: CompletionRequest,
  error: OutputValidationError,
): CompletionRequest {
  return {
    ...settings,
    messages: [
      ...toMessages({ messages, prompt, system }),
      { role: 'assistant', content: error.text },
      {
        role: 'user',
        content: `${describeProblem(error)}\nRespond again, with nothing but JSON that matches the schema.`,
      },
    ],
  } as CompletionRequest
}

function describeProblem({ issues }: OutputValidationError): string {
  if (issues.length === 0) return 'Your response is not valid JSON.'
  const list = issues
    .slice(0, MAX_LISTED_ISSUES)
    .map(({ path, message }) => `- ${path.length === 0 ? '' : `${formatPath(path)}: `}${message}`)
  return `Your response does not match the schema:\n${list.join('\n')}`
}

/** Returns the error of the second response, with that of the first as its cause. */
export function withFirstError(first: OutputValidationError, second: unknown): unknown {
  if (OutputValidationError.isInstance(second)) {
    Object.defineProperty(second, 'cause', { value: first, writable: true, configurable: true })
  }
  return second
}
