// Search the paragraphs of a text file by meaning:   node embeddings-search.mjs notes.txt gulls at sea
// Prints the three nearest with their likeness. --mock needs no LM Studio.
import { readFile } from 'node:fs/promises'
import { cosineSimilarity, createLMStudio, discover, ProviderError } from 'lmstudio-provider/node'

const words = process.argv.slice(2).filter((word) => word !== '--mock')
const [file, ...question] = words
const mock = process.argv.includes('--mock') ? await startMock() : undefined

async function startMock() {
  const { startMockLMStudio } = await import('lmstudio-provider/testing/node')
  return startMockLMStudio()
}

async function chooseModel(lmstudio) {
  const models = (await lmstudio.listModels()).filter(({ capabilities }) => capabilities.embeddings === true)
  const model = models.find(({ state }) => state === 'loaded') ?? models[0]
  if (model === undefined) throw new Error('LM Studio has no embedding model yet. Get one with: lms get')
  return model.id
}

async function search(lmstudio, paragraphs, query) {
  const model = await chooseModel(lmstudio)
  // Sent in batches, however many there are; the vectors come in the order of the paragraphs.
  const { embeddings } = await lmstudio.embed({ model, input: [query, ...paragraphs] })
  const [wanted, ...vectors] = embeddings
  return paragraphs
    .map((text, index) => ({ text, likeness: cosineSimilarity(wanted, vectors[index]) }))
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, 3)
}

try {
  if (question.length === 0) throw new Error('Give a file and a question: node embeddings-search.mjs notes.txt gulls')
  const paragraphs = (await readFile(file, 'utf8')).split(/\n\s*\n/).filter((text) => text.trim() !== '')
  if (paragraphs.length === 0) throw new Error(`There is nothing to search in ${file}.`)
  const endpoint = mock?.url ?? process.env.LMSTUDIO_ENDPOINT ?? (await discover()).endpoint
  for (const { text, likeness } of await search(createLMStudio({ endpoint }), paragraphs, question.join(' '))) {
    process.stdout.write(`${likeness.toFixed(2)}  ${text.trim().replaceAll(/\s+/g, ' ')}\n`)
  }
} catch (error) {
  // Where nothing is found, the rest of the message tells address by address what was tried.
  const [problem] = error.message.split(' Tried: ')
  console.error(ProviderError.isInstance(error) ? `${problem}\n${error.hint}` : problem)
  // What a long list has cost is not lost: `partial` has the vectors that are there.
  if (error.partial !== undefined) console.error(`Failed at paragraph ${Math.max(1, error.partial.failed.from)}.`)
  process.exitCode = 1
} finally {
  await mock?.close()
}
