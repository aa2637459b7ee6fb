import type { CallOptions } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import { InvalidResponseError, UnsupportedEndpointError } from '../errors/errors.js'
import type { Client } from '../http/types.js'
import { parseResponse } from '../validation/validate.js'
import { fromOpenAI, fromV0, fromV1, modelsOpenAISchema, modelsV0Schema, modelsV1Schema } from './response.js'
import type { ModelInfo, ModelsAPI } from './types.js'

/** The models of a server, and which of its lists they came from. */
export interface ModelList {
  readonly api: ModelsAPI
  readonly models: ModelInfo[]
}

const MODEL_LISTS: readonly { api: ModelsAPI; route: string; read: (body: unknown) => ModelInfo[] }[] = [
  {
    api: 'v1',
    route: ROUTES.modelsV1,
    read: (body) => parseResponse(modelsV1Schema, body, 'The list of models').models.map(fromV1),
  },
  {
    api: 'v0',
    route: ROUTES.modelsV0,
    read: (body) => parseResponse(modelsV0Schema, body, 'The list of models').data.map(fromV0),
  },
  {
    api: 'openai',
    route: ROUTES.modelsOpenAI,
    read: (body) => parseResponse(modelsOpenAISchema, body, 'The list of models').data.map(fromOpenAI),
  },
]

/**
 * Reads the fullest list the server has: `/api/v1/models`, else `/api/v0/models`, else `/v1/models`.
 *
 * @remarks
 * The next list is tried only when this one is not there, which an older LM Studio says with a 200 and another server
 * with a 404 or a page. Anything else, a 401 above all, is an answer and not a missing route.
 */
export async function fetchModels(client: Client, options?: CallOptions): Promise<ModelList> {
  let missing: unknown
  for (const { api, route, read } of MODEL_LISTS) {
    try {
      const { body } = await client.requestJSON({ method: 'GET', route, kind: 'read' }, options)
      return { api, models: read(body) }
    } catch (error) {
      const isOther = InvalidResponseError.isInstance(error) && error.code !== 'body-too-long'
      if (!isOther && !UnsupportedEndpointError.isInstance(error)) throw error
      missing = error
    }
  }
  throw missing
}
