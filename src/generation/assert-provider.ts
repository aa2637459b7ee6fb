import { InvalidRequestError } from '../errors/errors.js'

/**
 * Checks that a provider has these methods.
 *
 * @throws {@link InvalidRequestError} it does not
 */
export function assertProvider(provider: unknown, ...methods: readonly ('complete' | 'stream')[]): void {
  const candidate = Object(provider) as Record<string, unknown>
  if (methods.every((method) => typeof candidate[method] === 'function')) return
  throw new InvalidRequestError('The first argument must be a provider (see createLMStudio).', {
    hint: 'Pass the result of createLMStudio() first, then the request.',
  })
}
