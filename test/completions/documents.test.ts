import { describe, expect, it } from 'vitest'
import { complete, stream } from '../../src/completions/complete.js'
import { testClient } from '../helpers/client.js'
import { collect } from '../helpers/collect.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const request = { model: 'm', prompt: 'x' }
const document = (content: string, fields: object = {}): string =>
  JSON.stringify({ choices: [{ index: 0, message: { content }, finish_reason: 'stop' }], ...fields })
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
  ])('are an error %s', async (_, documents) => {
    for (const separator of ['\n', '\n\n']) {
      const body = documents.join(separator)
      expect(await rejectionOf(complete(clientFor(body), request))).toMatchObject({ name: 'InvalidResponseError' })
      const { error } = await collect(stream(clientFor(body), request))
      expect(error).toMatchObject({ name: 'InvalidResponseError' })
    }
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
    const one = document('Seven', { id: 'a', ...whole })
    expect(await complete(clientFor(`${one}\n${one}`), request)).toMatchObject({ text: 'Seven' })
  })
})
