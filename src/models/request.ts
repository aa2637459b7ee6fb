import * as v from 'valibot'
import { once } from '../utils/once.js'
import { id } from '../validation/schema.js'
import { validateRequest } from '../validation/validate.js'

const modelSchema = /* @__PURE__ */ once(() => v.strictObject({ model: id }))

/**
 * Checks the name of a model.
 *
 * @throws {@link InvalidRequestError} it is not a string, or cannot be a name
 */
export const validateModel = (model: unknown): void => validateRequest(modelSchema(), { model })
