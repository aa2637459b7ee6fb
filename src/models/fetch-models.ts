import type { CallOptions } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import { ApiError, InvalidResponseError, UnsupportedEndpointError } from '../errors/errors.js'
import type { Client } from '../http/types.js'
import { type ModelList, readModelList } from './response.js'

/**
 * Requests the most detailed list of models that the server has: `/api/v1/models`, else `/api/v0/models`, else
 * `/v1/models`.
 *
 * @remarks
 * The next list is requested only if this one does not exist: an older LM Studio responds to an unknown route
 * with a 200 and an error, other servers with a 404 or a web page. Every other failure, above all a 401, is final.
 */
export async function fetchModels(client: Client, options?: CallOptions): Promise<ModelList> {
  const lists = [
    ['v1', ROUTES.modelsV1],
    ['v0', ROUTES.modelsV0],
    ['openai', ROUTES.modelsOpenAI],
  ] as const
  let lastError: unknown
  let unreadable: unknown
  for (const [api, route] of lists) {
    let isReceived = false
    try {
      const { body } = await client.requestJSON({ method: 'GET', route, kind: 'read' }, options)
      isReceived = true
      return readModelList(api, body)
    } catch (error) {
      if (!isMissingRoute(error)) throw error
      lastError = error
      if (isReceived) unreadable ??= error
    }
  }
  // What is wrong with a list explains more than that the others do not exist.
  throw UnsupportedEndpointError.isInstance(lastError) ? (unreadable ?? lastError) : lastError
}

const isMissingRoute = (error: unknown): boolean =>
  UnsupportedEndpointError.isInstance(error) ||
  (InvalidResponseError.isInstance(error) && error.code !== 'body-too-long') ||
  // Some servers say “Not Found” in a 200.
  (ApiError.isInstance(error) && error.code === 'api' && error.status === 200)
