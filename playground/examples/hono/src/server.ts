// Chats with LM Studio over HTTP:   curl -N 127.0.0.1:3000/api/chat -d '{ "prompt": "Why is the sea salty?" }'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { errorToResponse } from 'lmstudio-provider'
import { createLMStudio } from 'lmstudio-provider/node'

/** The server at `LMSTUDIO_ENDPOINT`, otherwise at http://127.0.0.1:1234. */
const lmstudio = createLMStudio()

const app = new Hono()

app.post('/api/chat', async ({ req }) => {
  const body = await req.json()
  return lmstudio.stream({ prompt: body?.prompt }, { signal: req.raw.signal }).toResponse()
})

app.onError((error, { req }) => errorToResponse(error, { signal: req.raw.signal }))

// 127.0.0.1: other machines cannot use your LM Studio through this server.
const options = { fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT'] ?? 3000) }
serve(options, ({ address, port }) => console.log(`Listening at http://${address}:${port}`))
