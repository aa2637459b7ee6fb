// See a model load and read the prompt, then talk to it:   node chat-with-progress.mjs acme/tern-4b My name is Ada.
// LM Studio remembers what was said; give the next lines at the prompt, Ctrl+C stops an answer, Ctrl+D ends.
// --mock needs no LM Studio, and with --next "<text>" a second turn is said at once.
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { createConversation, createLMStudio, discover, ProviderError } from 'lmstudio-provider/node'

const BAR = 24
const PHASES = { 'model-load': 'Loading the model', 'prompt-processing': 'Reading the prompt' }
const isTerminal = process.stdout.isTTY === true

function draw({ phase, progress }) {
  const bar = '█'.repeat(Math.round(progress * BAR)).padEnd(BAR, '░')
  const line = `${PHASES[phase].padEnd(18)} ${bar} ${Math.round(progress * 100)} %`
  process.stdout.write(isTerminal ? `\r\x1b[K${line}` : `${line}\n`)
}

/** Takes the bar away before the answer is written over it. */
function clear() {
  if (isTerminal) process.stdout.write('\r\x1b[K')
}

async function startMock() {
  const { startMockLMStudio } = await import('lmstudio-provider/testing/node')
  // Tells back what has been said so far, to show that it remembers.
  const reply = ({ messages }) => {
    const said = messages.filter(({ role }) => role === 'user').map(({ text }) => text)
    return said.length === 1 ? undefined : `You said first: ${said[0]}`
  }
  return startMockLMStudio({ loadDelayMs: 400, tokensPerSecond: 60, reply })
}

async function say(conversation, text) {
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
  const [model, ...words] = positionals
  if (model === undefined) throw new Error('Which model? For example: node chat-with-progress.mjs acme/tern-4b Hello')
  if (values.mock) mock = await startMock()
  const endpoint = mock?.url ?? process.env.LMSTUDIO_ENDPOINT ?? (await discover()).endpoint
  const conversation = createConversation(createLMStudio({ endpoint }), { model })
  const texts = [words.join(' '), values.next ?? ''].filter((text) => text !== '')
  for (const text of texts) await say(conversation, text)
  if (values.next === undefined) {
    process.stdout.write('> ')
    for await (const line of createInterface({ input: process.stdin })) {
      if (line.trim() !== '') await say(conversation, line)
      process.stdout.write('> ')
    }
  }
} catch (error) {
  // Where nothing is found, the rest of the message tells address by address what was tried.
  const [problem] = error.message.split(' Tried: ')
  console.error(ProviderError.isInstance(error) ? `${problem}\n${error.hint}` : problem)
  process.exitCode = 1
} finally {
  await mock?.close()
}
