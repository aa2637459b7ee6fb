import { readEvents } from 'lmstudio-provider'
import { startMockLMStudio } from 'lmstudio-provider/testing/node'
import { expect, it, vi } from 'vitest'

const post = (body: string): Request => new Request('http://app.example/api/chat', { method: 'POST', body })

it('the route handler of the README streams, and responds with 400 to what is not a prompt', async () => {
  await using mock = await startMockLMStudio()
  vi.stubEnv('LMSTUDIO_ENDPOINT', mock.url)
  const { POST } = await import('./route-handler.js')
  vi.unstubAllEnvs()

  const response = await POST(post('{ "prompt": "echo: Good evening." }'))
  let text = ''
  for await (const event of readEvents(response)) if (event.type === 'text-delta') text += event.text
  expect(text).toBe('Good evening.')

  for (const body of ['{}', 'null', 'not JSON']) {
    const refused = await POST(post(body))
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ error: { name: 'InvalidRequestError' } })
  }
})
