// A model that looks at the clock before it answers:   node tools.mjs What time is it in Tokyo and in Lima?
// Prints each tool as it runs. Ctrl+C stops. --mock needs no LM Studio.
import { createLMStudio, discover, ProviderError, streamTools, tool } from 'lmstudio-provider/node'

const words = process.argv.slice(2)
const prompt = words.filter((word) => word !== '--mock').join(' ') || 'What time is it in Tokyo?'
const mock = words.includes('--mock') ? await startMock() : undefined

// Plain JSON Schema; a schema of valibot, zod or arktype does as well, and gives `execute` its type.
const timeIn = tool({
  name: 'time_in',
  description: 'The present time in a time zone.',
  parameters: {
    type: 'object',
    properties: { zone: { type: 'string', description: 'IANA name of the zone, e.g. Europe/Oslo' } },
    required: ['zone'],
  },
  // What it throws for an unknown zone is told to the model, which may then try another.
  execute: ({ zone }) => new Date().toLocaleTimeString('en-GB', { timeZone: zone, timeStyle: 'short' }),
})

async function startMock() {
  const { startMockLMStudio } = await import('lmstudio-provider/testing/node')
  return startMockLMStudio({
    tokensPerSecond: 60,
    reply: ({ messages }) =>
      messages.at(-1).role === 'tool'
        ? { reasoning: '', text: `It is ${messages.at(-1).text} there.` }
        : { reasoning: '', toolCalls: [{ name: 'time_in', arguments: { zone: 'Asia/Tokyo' } }] },
  })
}

async function chooseModel(lmstudio) {
  const models = (await lmstudio.listModels()).filter(({ capabilities }) => capabilities.chat !== false)
  const able = models.filter(({ capabilities }) => capabilities.toolUse !== false)
  const model = able.find(({ state }) => state === 'loaded') ?? able[0] ?? models[0]
  if (model === undefined) throw new Error('LM Studio has no model yet. Get one with: lms get')
  return model.id
}

async function answer(lmstudio, model) {
  const stream = streamTools(lmstudio, { model, prompt, tools: [timeIn], maxRounds: 5, parseTextToolCalls: true })
  const stop = () => stream.abort()
  process.once('SIGINT', stop)
  try {
    for await (const event of stream) {
      if (event.type === 'text-delta') process.stdout.write(event.text)
      if (event.type === 'tool-result') {
        const { toolCall, content } = event.result
        process.stdout.write(`[${toolCall.name} ${toolCall.rawArguments} → ${content}]\n`)
      }
    }
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
  await answer(lmstudio, await chooseModel(lmstudio))
} catch (error) {
  // Where nothing is found, the rest of the message tells address by address what was tried.
  const [problem] = error.message.split(' Tried: ')
  console.error(ProviderError.isInstance(error) ? `${problem}\n${error.hint}` : problem)
  process.exitCode = 1
} finally {
  await mock?.close()
}
