// How a Node script uses the package: every entry, with Node types and without DOM types. It is type-checked, emitted and
// run.
import { createLMStudio, ProviderError, type CallOptions } from 'lmstudio-provider'
import { createLMStudio as createForNode } from 'lmstudio-provider/node'
import { createMockLMStudio } from 'lmstudio-provider/testing'
import { startMockLMStudio } from 'lmstudio-provider/testing/node'

const options: CallOptions = { timeout: 5000, headers: { 'x-consumer': 'packed' } }
const server = await startMockLMStudio({ port: 0 })
const forNode = createForNode({ endpoint: server.url, maxRetries: 0 })
const models = await forNode.listModels(options)
if (models.length === 0) throw new Error('listModels over a socket resolved to an empty list')
await server.close()
const error: unknown = await forNode.listModels({ refresh: true }).catch((thrown: unknown) => thrown)
if (!ProviderError.isInstance(error))
  throw new Error('listModels of a closed server did not reject with a ProviderError')

const { text } = await createLMStudio({ fetch: createMockLMStudio().fetch }).complete({
  model: 'acme/tern-4b',
  prompt: 'Hello.',
})
if (text === '') throw new Error('complete with the mock in this process resolved to an empty text')
console.log(`${models.length} models over a socket, then ${error.code}, ${text.length} characters in process`)
