import { InvalidRequestError } from '../errors/errors.js'

/**
 * Serializes a request body. Fields that are `undefined` are left out.
 *
 * @throws {@link InvalidRequestError} the body holds something that JSON cannot express
 */
export function serialize(body: unknown): string {
  try {
    return JSON.stringify(body)
  } catch (cause) {
    throw new InvalidRequestError('The request cannot be serialized as JSON.', {
      cause,
      hint: 'Remove the BigInt or the circular reference, for example from `extraBody` or from a schema.',
    })
  }
}

/** Puts a field in front of those of a serialized, non-empty object, which win over it. */
export const prependField = (name: string, value: unknown, object: string): string =>
  `{"${name}":${serialize(value)},${object.slice(1)}`
