import { InvalidRequestError } from '../errors/errors.js'

/** Checks what is to be asked with these methods; throws {@link InvalidRequestError}. */
export function assertProvider(provider: unknown, ...methods: readonly ('complete' | 'stream')[]): void {
  const given = Object(provider) as Record<string, unknown>
  if (methods.every((method) => typeof given[method] === 'function')) return
  throw new InvalidRequestError('The first argument is no provider.', {
    hint: 'Pass what createLMStudio() gives, then the request.',
  })
}
