import { describe, expect, it } from 'vitest'
import type { LogEvent } from '../../src/config/options.js'
import { ApiError, InvalidRequestError } from '../../src/errors/index.js'
import { usageRefusals, withoutUsageOption } from '../../src/generation/usage-option.js'
import { json, testClient } from '../helpers/client.js'

const BODY = JSON.stringify({ model: 'm', stream: true, stream_options: { include_usage: true } })
const refusal = (facts: ConstructorParameters<typeof ApiError>[1]): ApiError => new ApiError('No.', facts)

/** What is sent again after an error, and what is logged. */
function retry(error: unknown, body = BODY) {
  const log: LogEvent[] = []
  const client = testClient({ fetch: async () => json({}), logger: (event) => void log.push(event) })
  const sent = withoutUsageOption(client, error, body)
  return { sent, log: log.map(({ level, type }) => `${level} ${type}`), isRemembered: usageRefusals.has(client) }
}

describe('a request whose server refuses the field for token counts', () => {
  it.each<[string, unknown]>([
    ['by its name', refusal({ status: 400, serverMessage: 'Unknown field: stream_options' })],
    ['by the name of its member', refusal({ status: 422, serverMessage: 'include_usage: extra input' })],
    ['as a parameter', new InvalidRequestError('No.', { status: 400, param: 'stream_options' })],
  ])('is sent again without it: %s', (_, error) => {
    expect(retry(error)).toEqual({ sent: '{"model":"m","stream":true}', log: ['info retry'], isRemembered: true })
  })

  it('needs no logger', () => {
    const client = testClient({ fetch: async () => json({}) })
    const error = refusal({ status: 400, serverMessage: 'stream_options' })
    expect(withoutUsageOption(client, error, BODY)).toBe('{"model":"m","stream":true}')
  })

  it.each<[string, unknown, string?]>([
    ['another field', refusal({ status: 400, serverMessage: 'Unknown field: top_k' })],
    ['another status', refusal({ status: 500, serverMessage: 'stream_options' })],
    ['no status', refusal({ serverMessage: 'stream_options' })],
    ['a hint that names the field', refusal({ status: 400, hint: 'Remove stream_options.' })],
    ['another kind of error', Object.assign(new Error('stream_options'), { status: 400 })],
    ['a body without the field', refusal({ status: 400, serverMessage: 'stream_options' }), '{"model":"m"}'],
    ['a body that is a list', refusal({ status: 400, serverMessage: 'stream_options' }), '[]'],
    ['a body that is not JSON', refusal({ status: 400, serverMessage: 'stream_options' }), 'x'],
  ])('is not sent again after %s', (_, error, body) => {
    expect(retry(error, body)).toEqual({ sent: undefined, log: [], isRemembered: false })
  })
})
