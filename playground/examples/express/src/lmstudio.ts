import { ModelNotFoundError } from 'lmstudio-provider'
import { createLMStudio } from 'lmstudio-provider/node'

/** The server at `LMSTUDIO_ENDPOINT`, otherwise at http://127.0.0.1:1234. */
export const lmstudio = createLMStudio()

/** Returns the id of a chat model, preferably of one that is loaded. */
export async function chooseModel(): Promise<string> {
  const models = (await lmstudio.listModels()).filter(({ capabilities }) => capabilities.chat !== false)
  const model = models.find(({ state }) => state === 'loaded') ?? models[0]
  if (model === undefined) {
    throw new ModelNotFoundError('LM Studio has no chat model.', { hint: 'Download one in LM Studio, or run: lms get' })
  }
  return model.id
}
