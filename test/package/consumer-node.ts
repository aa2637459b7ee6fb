// A Node script's view of the package: every entry, Node types, no DOM types. It is type-checked, emitted and run.
import { createLMStudio, ProviderError, type CallOptions } from 'lmstudio-provider'
import { createLMStudio as createForNode } from 'lmstudio-provider/node'
import { createMockLMStudio } from 'lmstudio-provider/testing'
import { startMockLMStudio } from 'lmstudio-provider/testing/node'

const options: CallOptions = { timeout: 5000, headers: { 'x-consumer': 'packed' } }
const server = await startMockLMStudio({ port: 0 })
try {
  const models = await createForNode({ endpoint: server.url }).listModels(options)
  if (models.length === 0) throw new Error('no models over the socket')
  const lmstudio = createLMStudio({ fetch: createMockLMStudio().fetch })
  const { text } = await lmstudio.complete({ model: 'acme/tern-4b', prompt: 'Hello.' })
  if (text === '') throw new Error('no text from the mock in process')
  const nowhere = createLMStudio({ endpoint: 'http://127.0.0.1:9', maxRetries: 0 })
  const error: unknown = await nowhere.listModels().catch((thrown: unknown) => thrown)
  if (!ProviderError.isInstance(error)) throw new Error('nothing listened, and the error was not one of ours')
  console.log(`${models.length} models over a socket, ${text.length} characters in process, then ${error.code}`)
} finally {
  await server.close()
}
