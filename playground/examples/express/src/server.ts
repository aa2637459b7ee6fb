// Chats with LM Studio over HTTP:
//   curl -N 127.0.0.1:3000/api/chat -H 'content-type: application/json' -d '{ "prompt": "Why is the sea salty?" }'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import express from 'express'
import { errorToResponse, ProviderError } from 'lmstudio-provider'
import { createLMStudio } from 'lmstudio-provider/node'

/** The server at `LMSTUDIO_ENDPOINT`, otherwise at http://127.0.0.1:1234. */
const lmstudio = createLMStudio()

const app = express()
app.use(express.json())

app.post('/api/chat', async (request, response) => {
  const left = new AbortController()
  response.on('close', () => left.abort())
  const stream = lmstudio.stream({ prompt: request.body?.prompt }, { signal: left.signal })
  await send(await stream.toResponse(), response)
})

app.use((async (error, _request, response, next) => {
  if (ProviderError.isInstance(error)) await send(errorToResponse(error), response)
  // Express responds to its own errors, such as a body that is not JSON. The response to an abort is not read.
  else if (!response.closed) next(error)
}) satisfies express.ErrorRequestHandler)

/** Sends a `Response`, as fast as the client reads it. A client that leaves cancels the body. */
async function send(answer: Response, response: express.Response): Promise<void> {
  response.status(answer.status).setHeaders(answer.headers)
  await pipeline(Readable.fromWeb(answer.body as ReadableStream), response).catch(() => response.destroy())
}

// 127.0.0.1: other machines cannot use your LM Studio through this server.
const port = Number(process.env['PORT'] ?? 3000)
app.listen(port, '127.0.0.1', () => console.log(`Listening at http://127.0.0.1:${port}`))
