import { ROUTES, versionOf } from '../config/routes.js'
import { UnsupportedEndpointError } from '../errors/errors.js'
import type { ModelsAPI } from './types.js'

/**
 * Checks that the server can load and unload models. Its list of models already shows this, so no request is needed.
 *
 * @throws {@link UnsupportedEndpointError} the list is not that of LM Studio 0.4.0 or later
 */
export function requireV1API(api: ModelsAPI, verb: string, endpoint: string): void {
  if (api === 'v1') return
  const since = versionOf(ROUTES.loadModel)
  const isOld = api === 'v0'
  const server = isOld ? 'runs an older version' : 'is not LM Studio'
  throw new UnsupportedEndpointError(
    `${verb} needs LM Studio ${since} or later; the server at ${endpoint} ${server}.`,
    {
      code: isOld ? 'old-version' : 'wrong-path',
      since,
      endpoint,
      hint: isOld
        ? `Update to LM Studio ${since} or later. Until then, LM Studio loads a model when a request first uses it.`
        : `Use LM Studio ${since} or later, or load the model with the tools of your server.`,
    },
  )
}
