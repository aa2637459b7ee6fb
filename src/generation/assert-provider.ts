import { InvalidRequestError, InvalidResponseError } from '../errors/errors.js'
import type { CompletionResponse } from '../types.js'
import { isObject } from '../utils/json.js'

/**
 * Checks that a provider has the method that a helper calls.
 *
 * @throws {@link InvalidRequestError} it does not
 */
export function assertProvider(provider: unknown, method: 'complete' | 'stream'): void {
  if (typeof (Object(provider) as Record<string, unknown>)[method] === 'function') return
  throw new InvalidRequestError(`The first argument must be a provider with the method \`${method}\`.`, {
    hint: `Pass the result of createLMStudio(), or of assemble(client, { ${method} }), and then the request.`,
  })
}

/**
 * Returns the response of a provider, which an application may have written itself.
 *
 * @param needsToolCalls - whether its tool calls and its usage are read too
 * @throws {@link InvalidResponseError} it is not a completion response
 */
export function checkedCompletion(
  response: CompletionResponse | undefined,
  needsToolCalls: boolean,
): CompletionResponse {
  if (isObject(response) && typeof response.text === 'string') {
    if (!needsToolCalls || (Array.isArray(response.toolCalls) && isObject(response.usage))) {
      return response as unknown as CompletionResponse
    }
  }
  throw new InvalidResponseError('The provider did not return a completion response.', {
    code: 'not-a-response',
    hint: 'Make the provider return an object with `text`, `toolCalls` and `usage`, as createLMStudio() does.',
  })
}
