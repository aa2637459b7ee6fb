import { describe, expect, it } from 'vitest'
import { complete, stream } from '../../src/completions/complete.js'
import type { CompletionRequest } from '../../src/completions/types.js'
import type { CallOptions } from '../../src/config/options.js'
import { json, stubFetch, testClient } from '../helpers/client.js'
import { fixtureJSON } from '../helpers/fixtures.js'
import { rejectionOf } from '../helpers/provider-errors.js'

const request = { model: 'acme/tern-4b', prompt: 'How many gulls?' }

describe('complete', () => {
  it('resolves to the response of a request that does not stream', async () => {
    const { fetch, requests } = stubFetch(json(fixtureJSON('chat-completion.json')))
    expect(await complete(testClient({ fetch }), request)).toMatchObject({
      text: 'Seven gulls.',
      reasoning: 'Counting the birds.',
    })
    expect(await requests[0]!.json()).toEqual({
      model: 'acme/tern-4b',
      messages: [{ role: 'user', content: 'How many gulls?' }],
      stream: false,
    })
  })
})

describe('an invalid call', () => {
  const circular: Record<string, unknown> = {}
  circular.self = circular

  it.each<[string, unknown, unknown, string]>([
    ['an invalid request', { model: '', prompt: 'x' }, {}, 'InvalidRequestError'],
    ['null as request', null, {}, 'InvalidRequestError'],
    ['a BigInt in the request', { ...request, extraBody: { n: 1n } }, {}, 'InvalidRequestError'],
    ['a circular reference in the request', { ...request, extraBody: circular }, {}, 'InvalidRequestError'],
    ['invalid call options', request, { timeout: -1 }, 'ConfigurationError'],
  ])('rejects complete and the first read of stream for %s, and sends nothing', async (_, invalid, options, name) => {
    const { fetch, requests } = stubFetch(json({}))
    const call = [testClient({ fetch }), invalid as CompletionRequest, options as CallOptions] as const
    expect(await rejectionOf(complete(...call))).toMatchObject({ name })
    expect(await rejectionOf(stream(...call).response)).toMatchObject({ name })
    expect(requests).toEqual([])
  })
})
