// How a CommonJS script uses the package: every entry through Node's `require`, which loads modules since Node 20.19.
import { createLMStudio, type CompletionResponse } from 'lmstudio-provider'
import core = require('lmstudio-provider/core')
import node = require('lmstudio-provider/node')
import { createMockLMStudio } from 'lmstudio-provider/testing'
import { startMockLMStudio } from 'lmstudio-provider/testing/node'

async function main(): Promise<void> {
  const server = await startMockLMStudio({ port: 0 })
  const models = await node.createLMStudio({ endpoint: server.url }).listModels()
  const viaCore = await core.listModels(core.createClient({ endpoint: server.url, cache: false }))
  await server.close()
  const response: CompletionResponse = await createLMStudio({ fetch: createMockLMStudio().fetch }).complete({
    model: 'acme/tern-4b',
    prompt: 'echo: Good evening.',
  })
  if (response.text !== 'Good evening.') throw new Error(`complete resolved to ${response.text}`)
  if (models.length === 0 || models.length !== viaCore.length) throw new Error('the entries list different models')
  console.log(`${models.length} models through require`)
}

process.once('warning', (warning) => {
  throw warning
})
void main()
