// Chats with LM Studio over HTTP:   curl -N 127.0.0.1:3000/api/chat -d '{ "prompt": "Why is the sea salty?" }'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { errorToResponse } from 'lmstudio-provider'
import { createLMStudio } from 'lmstudio-provider/node'

/** The server at `LMSTUDIO_ENDPOINT`, otherwise at http://127.0.0.1:1234. */
const lmstudio = createLMStudio()

const app = new Hono()

app.post('/api/chat', async ({ req }) => {
  // A body that is not JSON has no prompt, and `stream` rejects that: the response has the status 400.
  const { prompt } = ((await req.json().catch(() => undefined)) ?? {}) as { prompt: string }
  const stream = lmstudio.stream({ prompt }, { signal: req.raw.signal })
  return stream.toResponse()
})

app.onError((error) => errorToResponse(error))

// 127.0.0.1: other machines cannot use your LM Studio through this server.
const options = { fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT'] ?? 3000) }
serve(options, ({ address, port }) => console.log(`Listening at http://${address}:${port}`))
