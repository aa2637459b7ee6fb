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
  const error: unknown = await lmstudio.complete({ model: 'acme/nothing', prompt: 'Hello.' }).catch((thrown) => thrown)
  if (!ProviderError.isInstance(error)) throw new Error('an unknown model was not refused with an error of ours')
  console.log(`${models.length} models over a socket, ${text.length} characters in process, refusal: ${error.code}`)
} finally {
  await server.close()
}
