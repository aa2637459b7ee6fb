import { InvalidRequestError } from '../errors/errors.js'

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
