// Lets the model read the clock with a tool:   node tools.mjs What time is it in Tokyo and in Lima?
// Prints each tool call when it has run. Ctrl+C stops. --mock runs without LM Studio.
import { createLMStudio, discover, ProviderError, streamTools, tool } from 'lmstudio-provider/node'

const args = process.argv.slice(2)
const prompt = args.filter((arg) => arg !== '--mock').join(' ') || 'What time is it in Tokyo?'
const mock = args.includes('--mock') ? await startMock() : undefined

// Plain JSON Schema. A valibot, zod or arktype schema also works and types the argument of `execute`.
const timeIn = tool({
  name: 'time_in',
  description: 'Returns the current time in a time zone.',
  parameters: {
    type: 'object',
    properties: {
      zone: { type: 'string', description: 'IANA name of the time zone', examples: ['Europe/Oslo', 'Asia/Tokyo'] },
    },
    required: ['zone'],
  },
  // For an unknown zone this throws. The model gets the message and can try another zone.
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

async function reply(lmstudio) {
  const stream = streamTools(lmstudio, { prompt, tools: [timeIn], maxRounds: 5, parseTextToolCalls: true })
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
  await reply(createLMStudio({ endpoint }))
} catch (error) {
  console.error(error.message)
  // What happened at each address, if discovery found no server.
  for (const { reason } of error.attempts ?? []) console.error(`- ${reason}`)
  if (ProviderError.isInstance(error)) console.error(error.hint)
  process.exitCode = 1
} finally {
  await mock?.close()
}
