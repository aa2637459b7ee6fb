import { createLMStudio, tool } from 'lmstudio-provider'
import { expect, test } from 'vitest'
import { json } from '../helpers/client.js'
import { fakeProvider, toolCall, withToolCalls } from './fake-provider.js'
import { FINAL, request, variants } from './weather.js'

// Each took minutes when the time grew with the square of the number of calls: the time limit of the test is the check.
test.each(variants)('%s executes 100,000 calls of one response, in linear time', async (_, run) => {
  const calls = Array.from({ length: 100_000 }, (__, index) => toolCall('get_weather', { city: 'Oslo' }, `id_${index}`))
  const provider = fakeProvider(withToolCalls(...calls), FINAL)
  const { steps, messages } = await run(provider, request)
  expect(steps[0]?.results.length).toBe(100_000)
  expect(steps[0]?.results.every(({ outcome }) => outcome === 'done')).toBe(true)
  expect(messages.length).toBe(100_003)
  expect(messages.at(-2)).toEqual({ role: 'tool', toolCallId: 'id_99999', content: 'Rain in Oslo' })
})

test.each(variants)('%s sends the results of 16,000 calls back to a server', async (_, run) => {
  const calls = Array.from({ length: 16_000 }, (__, index) => ({
    id: `id_${index}`,
    type: 'function',
    function: { name: 'count', arguments: `{"n":${index}}` },
  }))
  const bodies: { readonly messages: readonly unknown[] }[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    bodies.push((await new Request(input, init).json()) as never)
    const message = { role: 'assistant', content: bodies.length === 1 ? '' : 'Done.' }
    const choice =
      bodies.length === 1
        ? { message: { ...message, tool_calls: calls }, finish_reason: 'tool_calls' }
        : { message, finish_reason: 'stop' }
    return json({ id: 'c', model: 'm', choices: [{ index: 0, ...choice }] })
  }
  const lmstudio = createLMStudio({ fetch, cache: false })
  const count = tool<{ n: number }>({ name: 'count', parameters: { type: 'object' }, execute: ({ n }) => n })
  const { response } = await run(lmstudio, { ...request, tools: [count] })
  expect(response.text).toBe('Done.')
  expect(bodies[1]?.messages).toHaveLength(16_002)
  expect(bodies[1]?.messages.at(-1)).toEqual({ role: 'tool', ['tool_call_id']: 'id_15999', content: '15999' })
})
