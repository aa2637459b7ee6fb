import type { IncomingMessage, ServerResponse } from 'node:http'
import { bodyOf, DONE, sendJSON, serve, type TestServer } from './servers.js'

interface Dialect {
  /** Fields that every body and chunk has beyond the standard. */
  readonly extra: object
  /** Deltas that precede the text. */
  readonly opening: readonly object[]
  /** Whether the last chunk with a choice has the usage, instead of a chunk of its own. */
  readonly usageOnLastChunk: boolean
  readonly notFound: object
}

const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 }

/** Two OpenAI-compatible servers other than LM Studio. */
export const DIALECTS = {
  'llama.cpp': {
    extra: {
      system_fingerprint: 'b6123-abcdef0',
      __verbose: { slot: 0 },
      timings: { prompt_n: 12, prompt_ms: 40.1, predicted_n: 3, predicted_ms: 61.4, predicted_per_second: 48.8 },
    },
    opening: [{ role: 'assistant', content: null }],
    usageOnLastChunk: true,
    notFound: { error: { code: 404, message: 'File Not Found', type: 'not_found_error' } },
  },
  vLLM: {
    extra: { service_tier: null, prompt_logprobs: null, kv_transfer_params: null },
    opening: [{ role: 'assistant', content: '', reasoning_content: null, tool_calls: null, function_call: null }],
    usageOnLastChunk: false,
    notFound: { detail: 'Not Found' },
  },
} as const satisfies Record<string, Dialect>

export interface OtherServer extends TestServer {
  readonly paths: string[]
  readonly bodies: Record<string, unknown>[]
  /** How many clients disconnected before the end of a response. */
  readonly closedEarly: number
}

/** Starts a server that responds with `Ahoy there.`; the prompt `forever` makes it stream without an end. */
export async function serveOther({ extra, opening, usageOnLastChunk, notFound }: Dialect): Promise<OtherServer> {
  const paths: string[] = []
  const bodies: Record<string, unknown>[] = []
  let closedEarly = 0
  const envelope = (object: string, more: object): object => ({
    id: 'chatcmpl-9',
    object,
    created: 1_790_000_000,
    model: 'puffin.gguf',
    ...extra,
    ...more,
  })

  async function chat(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request)
    bodies.push(body)
    if (body.stream !== true) {
      const message = { role: 'assistant', content: 'Ahoy there.' }
      return sendJSON(
        response,
        envelope('chat.completion', { choices: [{ index: 0, message, finish_reason: 'stop' }], usage }),
      )
    }
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    const chunk = (delta: object, finish_reason: string | null, more: object = {}): void => {
      const choices = [{ index: 0, delta, logprobs: null, finish_reason }]
      response.write(`data: ${JSON.stringify(envelope('chat.completion.chunk', { choices, ...more }))}\n\n`)
    }
    response.once('close', () => {
      if (!response.writableFinished) closedEarly++
    })
    for (const delta of opening) chunk(delta, null)
    for (const content of ['Ahoy', ' there', '.']) chunk({ content }, null)
    if (JSON.stringify(body.messages).includes('forever')) return
    if (usageOnLastChunk) chunk({}, 'stop', { usage })
    else {
      chunk({ content: '' }, 'stop', { usage: null, stop_reason: null })
      response.write(`data: ${JSON.stringify(envelope('chat.completion.chunk', { choices: [], usage }))}\n\n`)
    }
    response.end(DONE)
  }

  const server = await serve((request, response) => {
    const path = request.url ?? ''
    paths.push(path)
    if (path === '/v1/models') {
      const data = [
        { id: 'puffin.gguf', object: 'model', created: 1, owned_by: 'llamacpp', meta: { n_ctx_train: 4096 } },
      ]
      return sendJSON(response, { object: 'list', data, models: [{ name: 'puffin.gguf', type: 'model' }] })
    }
    if (path === '/v1/embeddings') {
      const data = [{ object: 'embedding', index: 0, embedding: [0.5, -0.25] }]
      return sendJSON(response, {
        object: 'list',
        data,
        model: 'puffin.gguf',
        usage: { prompt_tokens: 2, total_tokens: 2 },
      })
    }
    if (path === '/v1/chat/completions') return void chat(request, response)
    return sendJSON(response, notFound, 404)
  })
  const properties = {
    ...Object.getOwnPropertyDescriptors(server),
    ...Object.getOwnPropertyDescriptors({
      paths,
      bodies,
      get closedEarly() {
        return closedEarly
      },
    }),
  }
  return Object.defineProperties({}, properties) as OtherServer
}
