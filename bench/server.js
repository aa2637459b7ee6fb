// The server of every measurement, in its own process: responds as LM Studio does with as little work as possible.
import { createServer } from 'node:http'

const MODEL = 'acme/tern-4b'
const CYCLE = 1000
const BLOCK = 16 * 1024

const event = (delta, finishReason = null) =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion.chunk',
    created: 1790000301,
    model: MODEL,
    system_fingerprint: MODEL,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  })}\n\n`

const usage = `data: ${JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion.chunk',
  created: 1790000301,
  model: MODEL,
  system_fingerprint: MODEL,
  choices: [],
  usage: { prompt_tokens: 21, completion_tokens: 100, total_tokens: 121 },
})}\n\n`

const ending = (reason) => Buffer.from(`${event({}, reason)}${usage}data: [DONE]\n\n`)
const cycle = (make) => Array.from({ length: CYCLE }, (_, index) => Buffer.from(make(index)))
const content = (text) => event({ role: 'assistant', content: text })

// Words of ordinary text; some have characters of two, three or four bytes that the end of a block can cut.
const word = (index) =>
  ` ${['tern', 'größe', 'river', '海', 'light', 'stone', '🐦', 'answer', 'of', 'the', 'winter'][index % 11]}${index % 7 === 0 ? ',' : ''}`
const mixed = cycle((index) => content(word(index)))
const ascii = cycle((index) => content(` word${index % 10}`))
const argumentDeltas = cycle((index) =>
  event({ tool_calls: [{ index: 0, function: { arguments: 'abcdefghijklmnopqrstuvwxyz'[index % 26] } }] }),
)

const toolStart = event({
  role: 'assistant',
  tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'write', arguments: '{"text":"' } }],
})
const toolEnd = event({ tool_calls: [{ index: 0, function: { arguments: '"}' } }] })

function* toolCalls(count) {
  for (let index = 0; index < count; index++) {
    const call = { index, id: `call_${index}`, type: 'function', function: { name: 'write', arguments: '{"line":1}' } }
    yield Buffer.from(event({ tool_calls: [call] }))
  }
}

function* oneByOne(events, count) {
  for (let index = 0; index < count; index++) yield events[index % CYCLE]
}

/** The same bytes in blocks of one size, which cut events and characters. */
function* inBlocks(chunks, size) {
  let block = Buffer.allocUnsafe(size)
  let used = 0
  for (const chunk of chunks) {
    let taken = 0
    while (taken < chunk.length) {
      const copied = chunk.copy(block, used, taken)
      taken += copied
      used += copied
      if (used === size) {
        yield block
        block = Buffer.allocUnsafe(size)
        used = 0
      }
    }
  }
  if (used > 0) yield block.subarray(0, used)
}

function* chain(...parts) {
  for (const part of parts) yield* part
}

const SCENARIOS = {
  /** One HTTP chunk per event. */
  each: (count) => chain(oneByOne(mixed, count), [ending('stop')]),
  /** 16 KiB blocks. */
  block: (count) => inBlocks(chain(oneByOne(mixed, count), [ending('stop')]), BLOCK),
  /** One HTTP chunk per event, one byte per character. */
  ascii: (count) => chain(oneByOne(ascii, count), [ending('stop')]),
  /** Arguments of a tool call, one character per event. */
  arguments: (count) =>
    chain([Buffer.from(toolStart)], oneByOne(argumentDeltas, count), [Buffer.from(toolEnd)], [ending('tool_calls')]),
  /** Complete tool calls, one per event. */
  calls: (count) => chain(toolCalls(count), [ending('tool_calls')]),
  /** One line of `size` bytes, 1 KiB per HTTP chunk. */
  line: (size) => inBlocks([Buffer.from(content('x'.repeat(size))), ending('stop')], 1024),
}

/** How much of the last stream was written, and whether the client disconnected. */
let last

function write(response, chunks) {
  const stats = { response, socket: response.socket, before: response.socket.bytesWritten, isCut: false }
  last = stats
  response.on('close', () => (stats.isCut = !response.writableFinished))
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  const pump = () => {
    for (let next = chunks.next(); next.done !== true; next = chunks.next()) {
      if (response.destroyed) return
      if (!response.write(next.value)) return void response.once('drain', pump)
    }
    response.end()
  }
  pump()
}

/** Writes the first token at once and the rest in the next turn of the event loop. */
function writeFirst(response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  response.write(mixed[0])
  setImmediate(() => {
    response.write(mixed[1])
    response.end(ending('stop'))
  })
}

const completion = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1790000301,
  model: MODEL,
  system_fingerprint: MODEL,
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Seven.', tool_calls: [] },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 21, completion_tokens: 14, total_tokens: 35 },
  stats: {},
})

const modelsOpenAI = JSON.stringify({
  object: 'list',
  data: Array.from({ length: 5 }, (_, index) => ({
    id: `acme/tern-${index}b`,
    object: 'model',
    created: 1790000301,
    owned_by: 'acme',
  })),
})

const modelsV1 = JSON.stringify({
  models: Array.from({ length: 5 }, (_, index) => ({
    type: 'llm',
    publisher: 'acme',
    key: `acme/tern-${index}b`,
    display_name: `Tern ${index}B`,
    architecture: 'tern',
    quantization: { name: 'Q4_K_M', bits_per_weight: 4 },
    size_bytes: 2_500_000_000,
    params_string: `${index}B`,
    loaded_instances:
      index === 0 ? [{ id: 'acme/tern-0b', config: { context_length: 8192, flash_attention: true } }] : [],
    max_context_length: 32_768,
    format: 'gguf',
    capabilities: { vision: false, trained_for_tool_use: true },
    description: null,
  })),
})

function json(response, body) {
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

const server = createServer((request, response) => {
  // The first part of the path selects the scenario; the rest is the path of the API.
  const [, scenario, ...rest] = request.url.split('/')
  const [name, size] = scenario.split('-')
  if (request.method === 'GET') {
    request.resume()
    if (scenario === 'stats') {
      return json(
        response,
        JSON.stringify({ written: last.socket.bytesWritten - last.before, isCut: last.isCut || last.socket.destroyed }),
      )
    }
    return json(response, rest.join('/') === 'api/v1/models' ? modelsV1 : modelsOpenAI)
  }
  request.resume().on('end', () => {
    if (name === 'small') json(response, completion)
    else if (name === 'first') writeFirst(response)
    else write(response, SCENARIOS[name](Number(size)))
  })
})
// Connections stay open between rounds.
server.keepAliveTimeout = 0

process.on('message', () => server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port })))
process.on('disconnect', () => process.exit())
