import { MODEL, type Case } from '../contract.js'

export const connectionCases: readonly Case[] = [
  {
    name: 'a server that is off is not found, by every method',
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
        assert.ok(error.hint.includes('lms server start'), 'how to start it')
      }
    },
  },
  {
    name: 'a connection that is reset before the answer fails a generation with NetworkError',
    async run({ create, assert, mock, library }) {
      // More than once: a browser repeats by itself what fails on a connection that was used before.
      await mock.inject('reset', { times: 5, path: '/v1/chat/completions' })
      const error = await assert.fails(
        () => create({ maxRetries: 0 }).complete({ model: MODEL, prompt: 'Hello.' }),
        library.NetworkError,
      )
      assert.ok(!library.BrowserAccessError.isInstance(error), 'nothing the browser refused')
      assert.ok(!library.ServiceNotFoundError.isInstance(error), 'the server is there')
    },
  },
  {
    name: 'reading is tried again after a reset and after a 503',
    async run({ create, assert, mock }) {
      await mock.inject('reset')
      assert.equal((await create().listModels()).length, 4)
      await mock.inject('status-503')
      assert.equal((await create().listModels()).length, 4)
      // In a page the greeting is asked for besides, to tell a reset from a refusal of the browser.
      const lists = (await mock.calls()).filter(({ path }) => path !== '/lmstudio-greeting')
      assert.equal(lists.length, 4)
    },
  },
  {
    name: 'a generation that may have begun is not asked for again',
    async run({ create, assert, mock }) {
      await mock.inject('status-502')
      await assert.fails(() => create({ maxRetries: 3 }).complete({ model: MODEL, prompt: 'Hello.' }))
      assert.equal((await mock.calls()).length, 1)
    },
  },
  {
    name: 'a generation the server had no room for is asked for again',
    async run({ create, assert, mock }) {
      await mock.inject({ name: 'status-429', retryAfter: 0 })
      const { text } = await create({ maxRetries: 1 }).complete({ model: MODEL, prompt: 'echo: in the end' })
      assert.equal(text, 'in the end')
    },
  },
  {
    name: 'a redirect is not followed, and no token reaches where it points',
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
    name: 'more generations than are allowed at a time wait, and leave when aborted',
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
