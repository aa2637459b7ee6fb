// Shows a model load and process the prompt, then chats:   node chat-with-progress.mjs acme/tern-4b My name is Ada.
// LM Studio stores the conversation. Type further lines at the prompt; Ctrl+C stops a response, Ctrl+D quits.
// --mock runs without LM Studio, and --next "<text>" sends a second turn right after the first.
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { createConversation, createLMStudio, discover, ProviderError } from 'lmstudio-provider/node'

const BAR = 24
const PHASES = { 'model-load': 'Loading the model', 'prompt-processing': 'Processing prompt' }
const isTerminal = process.stdout.isTTY === true

function draw({ phase, progress }) {
  const bar = '█'.repeat(Math.round(progress * BAR)).padEnd(BAR, '░')
  const line = `${PHASES[phase].padEnd(18)} ${bar} ${Math.round(progress * 100)} %`
  process.stdout.write(isTerminal ? `\r\x1b[K${line}` : `${line}\n`)
}

/** Clears the bar before the response is printed in its place. */
function clear() {
  if (isTerminal) process.stdout.write('\r\x1b[K')
}

async function startMock() {
  const { startMockLMStudio } = await import('lmstudio-provider/testing/node')
  // Repeats the first message of the conversation, to show that the server stores it.
  const reply = ({ messages }) => {
    const inputs = messages.filter(({ role }) => role === 'user').map(({ text }) => text)
    return inputs.length === 1 ? undefined : `You said first: ${inputs[0]}`
  }
  return startMockLMStudio({ loadDelayMs: 400, tokensPerSecond: 60, reply })
}

async function send(conversation, text) {
  const stream = conversation.stream(text)
  const stop = () => stream.abort()
  process.once('SIGINT', stop)
  try {
    for await (const event of stream) {
      if (event.type === 'progress') draw(event)
      else if (event.type === 'reasoning-start' || event.type === 'text-start') clear()
      else if (event.type === 'text-delta') process.stdout.write(event.text)
      else if (event.type === 'tool-call-start') process.stdout.write(`[${event.name}]\n`)
    }
  } catch (error) {
    clear()
    if (error.name !== 'AbortError') throw error
    process.stdout.write(' … stopped')
  } finally {
    process.off('SIGINT', stop)
    process.stdout.write('\n')
  }
}

let mock
try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { mock: { type: 'boolean' }, next: { type: 'string' } },
  })
  const [model, ...prompt] = positionals
  if (model === undefined) throw new Error('Name a model, for example: node chat-with-progress.mjs acme/tern-4b Hello')
  if (values.mock) mock = await startMock()
  const endpoint = mock?.url ?? process.env.LMSTUDIO_ENDPOINT ?? (await discover()).endpoint
  const conversation = createConversation(createLMStudio({ endpoint }), { model })
  const texts = [prompt.join(' '), values.next ?? ''].filter((text) => text !== '')
  for (const text of texts) await send(conversation, text)
  if (values.next === undefined) {
    process.stdout.write('> ')
    for await (const line of createInterface({ input: process.stdin })) {
      if (line.trim() !== '') await send(conversation, line)
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
