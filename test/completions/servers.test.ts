import { describe, expect, it } from 'vitest'
import { complete, stream } from '../../src/completions/complete.js'
import type { CompletionEvent } from '../../src/generation/types.js'
import { joinDeltas } from '../helpers/chat.js'
import { testClient } from '../helpers/client.js'
import { collect } from '../helpers/collect.js'
import { recorded, SERVERS, TIDE_TOOL } from '../helpers/servers.js'

const TEXT = 'Seven gulls über the harbour 🌊.'
const REASONING = 'Counting the birds.'
const request = { model: 'acme/tern-4b', prompt: 'How many gulls?' }
const toolRequest = { ...request, tools: [TIDE_TOOL] }

const clientFor = (server: string, name: string) => testClient({ fetch: async () => recorded(server, name) })
const deltasOf = (events: readonly CompletionEvent[], type: 'text-delta' | 'reasoning-delta'): string =>
  joinDeltas(events, type)

describe.each(SERVERS)('recordings of %s', (server) => {
  it('resolve to the text, streamed or not', async () => {
    const whole = await complete(clientFor(server, 'message.json'), request)
    const streamed = stream(clientFor(server, 'chat.sse'), request)
    const { events } = await collect(streamed)
    const response = await streamed.response
    expect(whole).toMatchObject({ text: TEXT, toolCalls: [], finishReason: 'stop' })
    expect(response).toMatchObject({ text: TEXT, toolCalls: [], finishReason: 'stop' })
    expect(deltasOf(events, 'text-delta')).toBe(TEXT)
    expect(response.usage).toMatchObject({ inputTokens: 21, outputTokens: 14, totalTokens: 35 })
    expect(whole.usage).toEqual(response.usage)
  })

  it('resolve to reasoning and text', async () => {
    const streamed = stream(clientFor(server, 'reasoning.sse'), request)
    const { events } = await collect(streamed)
    expect(await streamed.response).toMatchObject({ text: TEXT, reasoning: REASONING })
    expect(deltasOf(events, 'reasoning-delta')).toBe(REASONING)
  })

  it('resolve to one tool call, streamed or not', async () => {
    const whole = await complete(clientFor(server, 'tools.json'), toolRequest)
    const streamed = stream(clientFor(server, 'tools.sse'), toolRequest)
    const { events } = await collect(streamed)
    const response = await streamed.response
    const call = { name: 'tide_at', arguments: { harbour: 'Oban', day: 2 } }
    expect(whole).toMatchObject({ text: '', toolCalls: [call], finishReason: 'tool-calls' })
    expect(response).toMatchObject({ text: '', toolCalls: [call], finishReason: 'tool-calls' })
    expect(response.toolCalls).toEqual(whole.toolCalls)
    expect(events.filter(({ type }) => type === 'tool-call-start')).toHaveLength(1)
  })
})

describe('recordings of llama.cpp', () => {
  it('report the progress of the prompt, cached tokens and the speed that the server measured', async () => {
    const streamed = stream(clientFor('llama.cpp', 'chat.sse'), request)
    const { events } = await collect(streamed)
    const { usage, stats } = await streamed.response
    expect(events.slice(0, 3)).toEqual([
      { type: 'completion-start', id: 'chatcmpl-Jq7wXc2pTnB5sKd9Lr3fVh6mZy8gQa1e', model: 'acme/tern-4b' },
      { type: 'progress', phase: 'prompt-processing', progress: 16 / 21 },
      { type: 'progress', phase: 'prompt-processing', progress: 1 },
    ])
    expect(usage.cachedTokens).toBe(16)
    expect(stats).toEqual({
      timeToFirstTokenMs: 40.5,
      tokensPerSecond: 70,
      durationMs: 240.5,
      measuredBy: { timeToFirstTokenMs: 'server', tokensPerSecond: 'server', durationMs: 'server' },
    })
  })
})
