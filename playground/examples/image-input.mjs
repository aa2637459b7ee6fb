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

async function describe(lmstudio, image, text) {
  const content = [
    { type: 'text', text },
    { type: 'image', image },
  ]
  const stream = lmstudio.stream({ messages: [{ role: 'user', content }] })
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
  console.error(error.message)
  // What happened at each address, if discovery found no server.
  for (const { reason } of error.attempts ?? []) console.error(`- ${reason}`)
  if (ProviderError.isInstance(error)) console.error(error.hint)
  process.exitCode = 1
} finally {
  await mock?.close()
}
