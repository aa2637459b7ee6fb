import type { CallOptions, ListOptions } from '../config/options.js'
import { runVerb } from '../http/client.js'
import type { Client } from '../http/types.js'
import { modelCatalog } from './model-catalog.js'
import type { ModelCapabilities, ModelInfo } from './types.js'

/** Lists the models of the server. See {@link ModelProvider.listModels}. */
export async function listModels(client: Client, options?: ListOptions): Promise<ModelInfo[]> {
  const { models } = await runVerb(listModels, client, () => modelCatalog(client).list(options))
  // Calls that share a request get the same list; each caller may change its own.
  return [...models]
}

/** Returns whether the server has a model. See {@link ModelProvider.supportsModel}. */
export async function supportsModel(client: Client, model: string, options?: CallOptions): Promise<boolean> {
  return (await runVerb(supportsModel, client, () => modelCatalog(client).find(model, options))) !== undefined
}

/** Returns what a model can do. See {@link ModelProvider.modelCapabilities}. */
export async function modelCapabilities(
  client: Client,
  model: string,
  options?: CallOptions,
): Promise<ModelCapabilities | undefined> {
  return runVerb(modelCapabilities, client, () => modelCatalog(client).capabilities(model, options))
}
