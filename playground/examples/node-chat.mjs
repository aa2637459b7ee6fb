// Chats with LM Studio in the terminal:   node node-chat.mjs Why is the sea salty?
// Without a prompt it reads lines from standard input. Ctrl+C stops a response. --mock runs without LM Studio.
import { createInterface } from 'node:readline'
import { createLMStudio, discover, ProviderError } from 'lmstudio-provider/node'

const args = process.argv.slice(2)
const prompt = args.filter((arg) => arg !== '--mock').join(' ')
const mock = args.includes('--mock') ? await startMock() : undefined
const messages = []

async function startMock() {
  const { startMockLMStudio } = await import('lmstudio-provider/testing/node')
  return startMockLMStudio({ tokensPerSecond: 60 })
}

async function reply(lmstudio, model, content) {
  messages.push({ role: 'user', content })
  const stream = lmstudio.stream({ model, messages })
  const stop = () => stream.abort()
  process.once('SIGINT', stop)
  try {
    for await (const text of stream.textStream) process.stdout.write(text)
    messages.push({ role: 'assistant', content: (await stream.response).text })
  } catch (error) {
    if (error.name !== 'AbortError') throw error
    process.stdout.write(' … stopped')
  } finally {
    process.off('SIGINT', stop)
    process.stdout.write('\n')
  }
}

try {
  const endpoint = mock?.url ?? process.env.LMSTUDIO_ENDPOINT ?? (await discover()).endpoint
  const lmstudio = createLMStudio({ endpoint })
  // One model for the whole conversation: LMSTUDIO_MODEL, else one that is loaded, else the only one.
  const model = process.env.LMSTUDIO_MODEL ?? (await lmstudio.pickModel()).id
  if (prompt !== '') await reply(lmstudio, model, prompt)
  else {
    process.stdout.write(`Chatting with ${model}. Press Ctrl+D to quit.\n> `)
    for await (const line of createInterface({ input: process.stdin })) {
      if (line.trim() !== '') await reply(lmstudio, model, line)
      process.stdout.write('> ')
    }
  }
} catch (error) {
  console.error(error.message)
  // What happened at each address, if discovery found no server.
  for (const { reason } of error.attempts ?? []) console.error(`- ${reason}`)
  if (ProviderError.isInstance(error)) console.error(error.hint)
  process.exitCode = 1
} finally {
  await mock?.close()
}
