import { MODEL, type Case } from '../contract.js'

export const connectionCases: readonly Case[] = [
  {
    name: 'every method rejects with ServiceNotFoundError when no server runs',
    async run({ create, assert, mock, library, endpoint }) {
      await mock.close()
      const provider = create({ maxRetries: 0 })
      const request = { model: MODEL, prompt: 'Hello.' }
      for (const call of [
        () => provider.listModels(),
        () => provider.complete(request),
        () => provider.stream(request).response,
        () => provider.embed({ model: MODEL, input: 'Hello.' }),
      ]) {
        const error = await assert.fails(call, library.ServiceNotFoundError)
        assert.equal(error.endpoint, endpoint)
        assert.ok(error.hint.includes('lms server start'), 'the command that starts the server')
      }
    },
  },
  {
    name: 'a generation rejects with NetworkError when the connection is reset before the response',
    async run({ create, assert, mock, library }) {
      // More than once, because a browser retries by itself when a reused connection fails.
      await mock.inject('reset', { times: 5, path: '/v1/chat/completions' })
      const error = await assert.fails(
        () => create({ maxRetries: 0 }).complete({ model: MODEL, prompt: 'Hello.' }),
        library.NetworkError,
      )
      assert.ok(!library.BrowserAccessError.isInstance(error), 'not a BrowserAccessError')
      assert.ok(!library.ServiceNotFoundError.isInstance(error), 'not a ServiceNotFoundError')
    },
  },
  {
    name: 'a read is retried after a reset and after a 503',
    async run({ create, assert, mock }) {
      await mock.inject('reset')
      assert.equal((await create().listModels()).length, 5)
      await mock.inject('status-503')
      assert.equal((await create().listModels()).length, 5)
      // A page also requests the greeting, to distinguish a reset from a request that the browser blocked.
      const lists = (await mock.calls()).filter(({ path }) => path !== '/lmstudio-greeting')
      assert.equal(lists.length, 4)
    },
  },
  {
    name: 'a generation that may have started is not retried',
    async run({ create, assert, mock }) {
      await mock.inject('status-502')
      await assert.fails(() => create({ maxRetries: 3 }).complete({ model: MODEL, prompt: 'Hello.' }))
      assert.equal((await mock.calls()).length, 1)
    },
  },
  {
    name: 'a generation is retried after a 429',
    async run({ create, assert, mock }) {
      await mock.inject({ name: 'status-429', retryAfter: 0 })
      const { text } = await create({ maxRetries: 1 }).complete({ model: MODEL, prompt: 'echo: in the end' })
      assert.equal(text, 'in the end')
    },
  },
  {
    name: 'a redirect is not followed, so that no token reaches its target',
    async run({ create, assert, mock, endpoint }) {
      await mock.inject({ name: 'redirect', status: 307, location: `${endpoint}/elsewhere` })
      await assert.fails(() => create({ apiToken: 'sk-lm-abc', maxRetries: 0 }).listModels())
      assert.equal(
        (await mock.calls()).map(({ path }) => path),
        ['/api/v1/models'],
      )
    },
  },
  {
    name: 'generations beyond `maxConcurrency` wait and can be aborted while they wait',
    async run({ create, assert, mock }) {
      await mock.inject({ name: 'delay-headers' }, { path: '/v1/chat/completions' })
      const provider = create({ maxConcurrency: 1 })
      const first = provider.complete({ model: MODEL, prompt: 'echo: first' })
      await mock.whenHeld()
      const caller = new AbortController()
      const second = provider.complete({ model: MODEL, prompt: 'echo: second' }, { signal: caller.signal })
      const third = provider.complete({ model: MODEL, prompt: 'echo: third' })
      caller.abort('left')
      assert.equal(await assert.fails(() => second), 'left')
      assert.equal((await mock.calls()).length, 1)
      await mock.release()
      assert.equal([(await first).text, (await third).text], ['first', 'third'])
    },
  },
]
