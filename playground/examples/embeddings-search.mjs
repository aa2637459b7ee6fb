// Searches the paragraphs of a text file by meaning:   node embeddings-search.mjs notes.txt gulls at sea
// Prints the three closest paragraphs with their similarity. --mock runs without LM Studio.
import { readFile } from 'node:fs/promises'
import { cosineSimilarity, createLMStudio, discover, ProviderError } from 'lmstudio-provider/node'

const [file, ...query] = process.argv.slice(2).filter((arg) => arg !== '--mock')
const mock = process.argv.includes('--mock') ? await startMock() : undefined

async function startMock() {
  const { startMockLMStudio } = await import('lmstudio-provider/testing/node')
  return startMockLMStudio()
}

async function search(lmstudio, paragraphs, query) {
  // `embed` sends long lists in batches and returns the vectors in the order of the input.
  const { embeddings } = await lmstudio.embed({ input: [query, ...paragraphs] })
  const [queryVector, ...vectors] = embeddings
  return paragraphs
    .map((text, index) => ({ text, similarity: cosineSimilarity(queryVector, vectors[index]) }))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, 3)
}

try {
  if (query.length === 0)
    throw new Error('Name a file and a query, for example: node embeddings-search.mjs notes.txt gulls')
  const paragraphs = (await readFile(file, 'utf8')).split(/\n\s*\n/).filter((text) => text.trim() !== '')
  if (paragraphs.length === 0) throw new Error(`${file} is empty.`)
  const endpoint = mock?.url ?? process.env.LMSTUDIO_ENDPOINT ?? (await discover()).endpoint
  for (const { text, similarity } of await search(createLMStudio({ endpoint }), paragraphs, query.join(' '))) {
    process.stdout.write(`${similarity.toFixed(2)}  ${text.trim().replaceAll(/\s+/g, ' ')}\n`)
  }
} catch (error) {
  console.error(error.message)
  // What happened at each address, if discovery found no server.
  for (const { reason } of error.attempts ?? []) console.error(`- ${reason}`)
  if (ProviderError.isInstance(error)) console.error(error.hint)
  // `partial` has the vectors of the batches that succeeded.
  if (error.partial !== undefined) console.error(`Failed at paragraph ${Math.max(1, error.partial.failed.from)}.`)
  process.exitCode = 1
} finally {
  await mock?.close()
}
