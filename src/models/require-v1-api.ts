import { ROUTES, versionOf } from '../config/routes.js'
import { UnsupportedEndpointError } from '../errors/errors.js'
import type { ModelsAPI } from './types.js'

/** Throws where the list the server answered with says that it can neither load nor unload. */
export function requireV1API(api: ModelsAPI, what: string, endpoint: string): void {
  if (api === 'v1') return
  const since = versionOf(ROUTES.loadModel)
  const isOld = api === 'v0'
  const who = isOld ? 'is an LM Studio before that' : 'is none'
  throw new UnsupportedEndpointError(`${what} needs LM Studio ${since} or later; the server at ${endpoint} ${who}.`, {
    code: isOld ? 'old-version' : 'wrong-path',
    since,
    endpoint,
    hint: isOld
      ? `LM Studio ${since} brings this: update LM Studio. Until then a model loads when it is first used.`
      : `LM Studio ${since} brings this. For another server, load the model with its own means.`,
  })
}
