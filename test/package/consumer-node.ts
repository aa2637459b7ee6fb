// A Node script's view of the package: every entry, Node types, no DOM types. It is type-checked, emitted and run.
import { createLMStudio, ProviderError, type CallOptions } from 'lmstudio-provider'
import { createLMStudio as createForNode } from 'lmstudio-provider/node'
import { createMockLMStudio } from 'lmstudio-provider/testing'
import { startMockLMStudio } from 'lmstudio-provider/testing/node'

const options: CallOptions = { timeout: 5000, headers: { 'x-consumer': 'packed' } }
const server = await startMockLMStudio({ port: 0 })
const forNode = createForNode({ endpoint: server.url, maxRetries: 0 })
const models = await forNode.listModels(options)
if (models.length === 0) throw new Error('no models over the socket')
await server.close()
const error: unknown = await forNode.listModels({ refresh: true }).catch((thrown: unknown) => thrown)
if (!ProviderError.isInstance(error)) throw new Error('nothing listened, and the error was not one of ours')

const { text } = await createLMStudio({ fetch: createMockLMStudio().fetch }).complete({
  model: 'acme/tern-4b',
  prompt: 'Hello.',
})
if (text === '') throw new Error('no text from the mock in process')
console.log(`${models.length} models over a socket, then ${error.code}, ${text.length} characters in process`)
