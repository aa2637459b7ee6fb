import { InvalidRequestError } from '../errors/errors.js'

/** A body as it goes on the wire; throws {@link InvalidRequestError} for what JSON cannot say. */
export function serialize(body: unknown): string {
  try {
    return JSON.stringify(body)
  } catch (cause) {
    throw new InvalidRequestError('The request cannot be written as JSON.', {
      cause,
      hint: 'Look for a BigInt or a circle in it, in `extraBody` or a schema for instance.',
    })
  }
}

/** The text of an object, with another member in front: what the object itself says of it wins. */
export const prepend = (name: string, value: unknown, settings: string): string =>
  `{"${name}":${serialize(value)},${settings.slice(1)}`
