// Describes an image with a vision model:   node image-input.mjs gull.jpg What bird is this?
// PNG or JPEG. Ctrl+C stops the response. --mock runs without LM Studio.
import { readFile } from 'node:fs/promises'
import { createLMStudio, discover, ProviderError } from 'lmstudio-provider/node'

const [file, ...question] = process.argv.slice(2).filter((arg) => arg !== '--mock')
const mock = process.argv.includes('--mock') ? await startMock() : undefined

async function startMock() {
  const { startMockLMStudio } = await import('lmstudio-provider/testing/node')
  const reply = ({ messages }) => ({ reasoning: '', text: `I see ${messages.at(-1).images.length} image.` })
  return startMockLMStudio({ tokensPerSecond: 60, reply })
}

async function chooseModel(lmstudio) {
  const models = (await lmstudio.listModels()).filter(
    ({ capabilities }) => capabilities.vision === true && capabilities.chat !== false,
  )
  const model = models.find(({ state }) => state === 'loaded') ?? models[0]
  if (model === undefined) throw new Error('LM Studio has no vision model yet. Get one with: lms get')
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
    for await (const delta of stream.textStream) process.stdout.write(delta)
  } catch (error) {
    if (error.name !== 'AbortError') throw error
    process.stdout.write(' … stopped')
  } finally {
    process.off('SIGINT', stop)
    process.stdout.write('\n')
  }
}

try {
  if (file === undefined) throw new Error('Name an image, for example: node image-input.mjs gull.jpg')
  const image = await readFile(file)
  const endpoint = mock?.url ?? process.env.LMSTUDIO_ENDPOINT ?? (await discover()).endpoint
  await describe(createLMStudio({ endpoint }), image, question.join(' ') || 'Describe this image.')
} catch (error) {
  // The part after “Tried:” lists every address that discovery tried; the hint is enough here.
  const [problem] = error.message.split(' Tried: ')
  console.error(ProviderError.isInstance(error) ? `${problem}\n${error.hint}` : problem)
  process.exitCode = 1
} finally {
  await mock?.close()
}
