import { posted } from './setup/posted.js'
import { expect, test } from './setup/test.js'

test('emits each delta of a stream when it is sent', async ({ emptyPage, mock }) => {
  mock.configure({ reply: () => ({ reasoning: '', deltas: ['one ', 'two ', 'three'] }) })
  mock.inject({ name: 'stall', afterEvents: 2 })
  const seen: string[] = []
  await emptyPage.exposeFunction('see', (text: string) => {
    seen.push(text)
    if (seen.length === 2) mock.release()
  })
  const text = await emptyPage.evaluate(async (endpoint) => {
    const { see } = window as unknown as { see(text: string): Promise<void> }
    const stream = window.library.createLMStudio({ endpoint }).stream({ model: 'acme/tern-4b', prompt: 'Count.' })
    for await (const delta of stream.textStream) await see(delta)
    return (await stream.response).text
  }, mock.url)
  expect(seen).toEqual(['one ', 'two ', 'three'])
  expect(text).toBe('one two three')
})

for (const [way, stop] of [
  ['leaving the loop', 'leave'],
  ['abort()', 'abort'],
  ["the caller's signal", 'signal'],
] as const) {
  test(`closes the connection: ${way}`, async ({ emptyPage, mock }) => {
    mock.inject({ name: 'stall', afterEvents: 4 })
    const outcome = await emptyPage.evaluate(
      async ([endpoint, stop]) => {
        const caller = new AbortController()
        const lmstudio = window.library.createLMStudio({ endpoint })
        const stream = lmstudio.stream({ model: 'acme/tern-4b', prompt: 'lorem 500' }, { signal: caller.signal })
        try {
          for await (const event of stream) {
            if (event.type !== 'text-delta' && event.type !== 'reasoning-delta') continue
            if (stop === 'leave') break
            else if (stop === 'abort') stream.abort()
            else caller.abort(new Error('enough'))
          }
          return 'left'
        } catch (error) {
          return (error as Error).name === 'AbortError' ? 'AbortError' : (error as Error).message
        }
      },
      [mock.url, stop] as const,
    )
    expect(outcome).toBe({ leave: 'left', abort: 'AbortError', signal: 'enough' }[stop])
    const [call] = posted(mock)
    expect(await call?.finished).toBe('aborted')
  })
}

test('closes the connection when the page is closed', async ({ emptyPage, mock }) => {
  mock.inject({ name: 'stall', afterEvents: 3 })
  await emptyPage.evaluate((endpoint) => {
    void window.library.createLMStudio({ endpoint }).complete({ model: 'acme/tern-4b', prompt: 'lorem 500' })
    void window.library.createLMStudio({ endpoint }).stream({ model: 'acme/tern-4b', prompt: 'lorem 500' }).response
  }, mock.url)
  await mock.whenHeld()
  const stream = posted(mock).find(({ body }) => (body as { stream?: boolean }).stream === true)
  await emptyPage.close()
  expect(await stream?.finished).toBe('aborted')
})
