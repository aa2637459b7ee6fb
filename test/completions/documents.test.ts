import { describe, expect, it } from 'vitest'
import { complete, stream } from '../../src/completions/complete.js'
import { testClient } from '../helpers/client.js'
import { collect } from '../helpers/collect.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const request = { model: 'm', prompt: 'x' }
const document = (content: string, fields: object = {}): string =>
  JSON.stringify({ choices: [{ index: 0, message: { content }, finish_reason: 'stop' }], ...fields })
const messageDocument = (message: object): string =>
  JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }] })
const textDocument = (text: string, fields: object = {}): string =>
  JSON.stringify({ choices: [{ index: 0, text, finish_reason: 'stop' }], ...fields })
const callDocument = (name: string): string =>
  JSON.stringify({
    choices: [
      { message: { tool_calls: [{ id: name, function: { name, arguments: '{}' } }] }, finish_reason: 'tool_calls' },
    ],
  })
const whole = { object: 'chat.completion' }
const clientFor = (body: string) =>
  testClient({ fetch: async () => new Response(body, { headers: { 'content-type': 'application/json' } }) })

describe('two JSON documents in one body', () => {
  it.each<[string, string[]]>([
    ['with two ids', [document('Seven', { id: 'a' }), document('Eight', { id: 'b' })]],
    ['that are whole', [document('Seven', whole), document('Eight', whole)]],
    [
      'that are whole, with two ids',
      [document('Seven', { id: 'a', ...whole }), document('Eight', { id: 'b', ...whole })],
    ],
    ['that say nothing of themselves', [document('Seven'), document('Eight')]],
    ['of which only the first has an id', [document('Seven', { id: 'a' }), document('Eight')]],
    ['of which only the second has an id', [document('Seven'), document('Eight', { id: 'b' })]],
    ['of which the second is the beginning of the first', [document('Seven gulls'), document('Seven')]],
    ['with texts', [textDocument('Seven'), textDocument('Eight')]],
    ['with texts and two ids', [textDocument('Seven', { id: 'a' }), textDocument('Eight', { id: 'b' })]],
    ['with tool calls', [callDocument('f'), callDocument('g')]],
    ['with a text and a tool call', [document('Seven'), callDocument('g')]],
    ['with refusals', [messageDocument({ refusal: 'No.' }), messageDocument({ refusal: 'Never.' })]],
    [
      'with other reasoning',
      ['Hm', 'Oh'].map((reasoning) => messageDocument({ content: 'Seven', reasoning_content: reasoning })),
    ],
    [
      'of which only the first has reasoning',
      [messageDocument({ content: 'Seven', reasoning_content: 'Hm' }), document('Seven')],
    ],
  ])('are an error %s', async (_, documents) => {
    for (const separator of ['\n', '\n\n']) {
      const body = documents.join(separator)
      expect(await rejectionOf(complete(clientFor(body), request))).toMatchObject({ name: 'InvalidResponseError' })
      const { error } = await collect(stream(clientFor(body), request))
      expect(error).toMatchObject({ name: 'InvalidResponseError' })
    }
  })

  it('are one response if the second adds nothing', async () => {
    const body = [document('Seven'), document('')].join('\n')
    expect(await complete(clientFor(body), request)).toMatchObject({ text: 'Seven' })
    expect(await stream(clientFor(body), request).response).toMatchObject({ text: 'Seven' })
  })

  it('are one response as chunks of one stream', async () => {
    const chunk = (content: string, reason: string | null): string =>
      JSON.stringify({
        id: 'a',
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta: { content }, finish_reason: reason }],
      })
    const body = `${chunk('Sev', null)}\n${chunk('en', 'stop')}\n`
    expect(await complete(clientFor(body), request)).toMatchObject({ text: 'Seven' })
  })

  it('are one response where the second repeats the first', async () => {
    for (const one of [document('Seven', { id: 'a', ...whole }), document('Seven'), textDocument('Seven')]) {
      expect(await complete(clientFor(`${one}\n${one}`), request)).toMatchObject({ text: 'Seven' })
    }
    const { toolCalls } = await complete(clientFor(`${callDocument('f')}\n${callDocument('f')}`), request)
    expect(toolCalls).toMatchObject([{ id: 'f', name: 'f' }])
  })

  it('are one response as texts of one stream', async () => {
    const text = (content: string, reason: string | null): string =>
      JSON.stringify({ choices: [{ index: 0, text: content, finish_reason: reason }] })
    const body = `${text('Sev', null)}\n${text('en', 'stop')}\n${text('', 'stop')}\n`
    expect(await complete(clientFor(body), request)).toMatchObject({ text: 'Seven' })
  })
})
