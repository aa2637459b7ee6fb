// Let a vision model describe a picture:   node image-input.mjs gull.jpg What bird is this?
// PNG or JPEG. Ctrl+C stops the answer. --mock needs no LM Studio.
import { readFile } from 'node:fs/promises'
import { createLMStudio, discover, ProviderError } from 'lmstudio-provider/node'

const words = process.argv.slice(2).filter((word) => word !== '--mock')
const [file, ...question] = words
const mock = process.argv.includes('--mock') ? await startMock() : undefined

async function startMock() {
  const { startMockLMStudio } = await import('lmstudio-provider/testing/node')
  const reply = ({ messages }) => ({ reasoning: '', text: `I see ${messages.at(-1).images.length} picture.` })
  return startMockLMStudio({ tokensPerSecond: 60, reply })
}

async function chooseModel(lmstudio) {
  const models = (await lmstudio.listModels()).filter(({ capabilities }) => capabilities.vision === true)
  const model = models.find(({ state }) => state === 'loaded') ?? models[0]
  if (model === undefined) throw new Error('LM Studio has no model yet that sees. Get one with: lms get')
  return model.id
}

async function describe(lmstudio, image, text) {
  const model = await chooseModel(lmstudio)
  const content = [
    { type: 'text', text },
    { type: 'image', image },
  ]
  const stream = lmstudio.stream({ model, messages: [{ role: 'user', content }] })
  const stop = () => stream.abort()
  process.once('SIGINT', stop)
  try {
    for await (const piece of stream.textStream) process.stdout.write(piece)
  } catch (error) {
    if (error.name !== 'AbortError') throw error
    process.stdout.write(' … stopped')
  } finally {
    process.off('SIGINT', stop)
    process.stdout.write('\n')
  }
}

try {
  if (file === undefined) throw new Error('Which picture? node image-input.mjs gull.jpg')
  const image = await readFile(file)
  const endpoint = mock?.url ?? process.env.LMSTUDIO_ENDPOINT ?? (await discover()).endpoint
  await describe(createLMStudio({ endpoint }), image, question.join(' ') || 'Describe this picture.')
} catch (error) {
  // Where nothing is found, the rest of the message tells address by address what was tried.
  const [problem] = error.message.split(' Tried: ')
  console.error(ProviderError.isInstance(error) ? `${problem}\n${error.hint}` : problem)
  process.exitCode = 1
} finally {
  await mock?.close()
}
