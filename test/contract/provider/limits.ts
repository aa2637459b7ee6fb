import { MODEL, type Bench, type Case } from '../contract.js'

const SHORT_MS = 60

/** Runs a call that must time out and resolves to the limit and the partial text. */
async function timeoutOf({ assert, library }: Bench, call: () => Promise<unknown>) {
  const error = await assert.fails(call, library.TimeoutError)
  assert.equal(error.timeoutMs, SHORT_MS)
  return { limit: error.limit, text: error.partial?.text }
}

export const limitCases: readonly Case[] = [
  {
    name: 'a control call rejects after `timeout`',
    async run(bench) {
      await bench.mock.inject({ name: 'delay-headers' })
      const provider = bench.create({ timeout: SHORT_MS, maxRetries: 0 })
      bench.assert.equal((await timeoutOf(bench, () => provider.listModels())).limit, 'timeout')
    },
  },
  {
    name: 'a generation that does not start rejects after `generationTimeout`',
    async run(bench) {
      await bench.mock.inject({ name: 'delay-headers' }, { times: 2, path: '/v1/chat/completions' })
      const provider = bench.create({ generationTimeout: SHORT_MS })
      const request = { model: MODEL, prompt: 'Hello.' }
      bench.assert.equal((await timeoutOf(bench, () => provider.complete(request))).limit, 'generationTimeout')
      bench.assert.equal((await timeoutOf(bench, () => provider.stream(request).response)).limit, 'generationTimeout')
    },
  },
  {
    name: 'a stream that stalls rejects after `idleTimeout` with the partial text',
    async run(bench) {
      await bench.mock.setReply({ reasoning: '', deltas: ['one ', 'two ', 'three'] })
      await bench.mock.inject({ name: 'stall', afterEvents: 2 })
      const stream = bench.create({ idleTimeout: SHORT_MS }).stream({ model: MODEL, prompt: 'Count.' })
      bench.assert.equal(await timeoutOf(bench, () => stream.response), { limit: 'idleTimeout', text: 'one two ' })
      bench.assert.equal(await bench.mock.ending(), 'aborted')
    },
  },
  {
    name: 'keep-alive comments do not restart `idleTimeout`',
    async run(bench) {
      await bench.mock.inject({ name: 'stall', afterEvents: 2, keepAliveMs: 10 })
      const stream = bench.create({ idleTimeout: SHORT_MS }).stream({ model: MODEL, prompt: 'lorem 20' })
      bench.assert.equal((await timeoutOf(bench, () => stream.response)).limit, 'idleTimeout')
    },
  },
  {
    name: 'the `timeout` of a call replaces the limits of the provider',
    async run(bench) {
      await bench.mock.inject({ name: 'delay-headers' }, { path: '/v1/chat/completions' })
      const call = bench.create().complete({ model: MODEL, prompt: 'Hello.' }, { timeout: SHORT_MS })
      bench.assert.equal((await timeoutOf(bench, () => call)).limit, 'timeout')
    },
  },
  {
    name: 'a slow response within the limits resolves',
    async run({ create, assert, mock }) {
      await mock.inject({ name: 'delay-headers', ms: SHORT_MS }, { path: '/v1/chat/completions' })
      const { text } = await create().complete({ model: MODEL, prompt: 'echo: at last' })
      assert.equal(text, 'at last')
    },
  },
]
