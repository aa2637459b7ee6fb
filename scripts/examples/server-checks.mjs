// @ts-check
// What every example must do that responds to `POST /api/chat { prompt }` with events, over real sockets against the mock.
import assert from 'node:assert/strict'
import { library } from './library.mjs'

const { ProviderError, readEvents } = library

/** @typedef {import('../../src/testing/node-server.js').MockLMStudioServer} Mock */
/** @typedef {(url: string, mock: Mock) => Promise<void>} Check */

const CHAT = '/v1/chat/completions'

/** The response of the mock's model, one word at a time. */
export const reply = () => ({ deltas: ['one', ' two', ' three', ' four'] })

/** @type {Record<string, Check>} */
export const serverChecks = {
  'passes on what has arrived while the model still generates': async (url, mock) => {
    mock.inject('stall', { path: CHAT })
    const events = readEvents(await post(url, { prompt: 'Count' }))
    assert.equal(await readText(events, 'two'), 'one two')
    assert.equal(await outcome(mock), 'not finished')
    mock.release()
    assert.equal(await readText(events), ' three four')
  },

  'responds to an error before the first event with its status and code': async (url, mock) => {
    mock.inject('status-401', { path: CHAT })
    const response = await post(url, { prompt: 'Hello' })
    assert.equal(response.status, 401)
    const { error } = await response.json()
    assert.equal(error.name, 'AuthenticationError')
    assert.equal(error.code, 'auth-required')
  },

  'passes on an error in the middle of the stream, after the text before it': async (url, mock) => {
    mock.inject('error-frame', { path: CHAT })
    let text = ''
    const reading = async () => {
      for await (const event of readEvents(await post(url, { prompt: 'Count' }))) {
        if (event.type === 'text-delta') text += event.text
      }
    }
    await assert.rejects(reading, (error) => {
      assert.ok(ProviderError.isInstance(error))
      assert.equal(error.name, 'ModelLoadError')
      assert.equal(error.code, 'engine-crashed')
      return true
    })
    assert.equal(text, 'one two')
  },

  'stops the model when the client leaves in the middle': async (url, mock) => {
    mock.inject('stall', { path: CHAT })
    const client = new AbortController()
    const events = readEvents(await post(url, { prompt: 'Count' }, client.signal))
    await readText(events, 'two')
    client.abort()
    await assert.rejects(() => readText(events))
    assert.equal(await lastCall(mock).finished, 'aborted')
  },

  'stops the model when the client leaves before the first event': async (url, mock) => {
    mock.inject('delay-headers', { path: CHAT })
    const client = new AbortController()
    const pending = post(url, { prompt: 'Hello' }, client.signal)
    pending.catch(() => {})
    const call = await mock.whenCalled(CHAT)
    await mock.whenHeld()
    client.abort()
    await assert.rejects(pending, { name: 'AbortError' })
    assert.equal(await call.finished, 'aborted')
  },

  'stops the model at its first event at the latest': async (url, mock) => {
    /** @type {() => void} */
    let begin = () => {}
    const started = new Promise((resolve) => (begin = () => resolve(undefined)))
    mock.configure({ reply: () => started.then(reply) })
    mock.inject('stall', { path: CHAT })
    const client = new AbortController()
    const pending = post(url, { prompt: 'Count' }, client.signal)
    pending.catch(() => {})
    const call = await mock.whenCalled(CHAT)
    client.abort()
    await assert.rejects(pending, { name: 'AbortError' })
    begin()
    assert.equal(await call.finished, 'aborted')
  },

  'responds to an invalid request with a 400': async (url, mock) => {
    for (const body of [{}, { prompt: 7 }, []]) {
      const response = await post(url, body)
      assert.equal(response.status, 400, `for ${JSON.stringify(body)}`)
      assert.equal((await response.json()).error.name, 'InvalidRequestError')
    }
    assert.equal(mock.calls.filter(({ path }) => path === CHAT).length, 0)
  },

  'responds to a body that is not JSON with a 400': async (url) => {
    const response = await fetch(`${url}/api/chat`, { method: 'POST', headers: JSON_TYPE, body: '{ "prompt": ' })
    assert.equal(response.status, 400)
  },

  'still responds after all this': async (url) => {
    assert.equal(await readText(readEvents(await post(url, { prompt: 'Count' }))), 'one two three four')
  },
}

const JSON_TYPE = { 'content-type': 'application/json' }

/**
 * @param {string} url
 * @param {unknown} body
 * @param {AbortSignal} [signal]
 */
function post(url, body, signal) {
  return fetch(`${url}/api/chat`, {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify(body),
    ...(signal && { signal }),
  })
}

/**
 * Reads text until it contains `end`, by default until the end of the stream.
 * @param {AsyncGenerator<import('../../src/index.js').CompletionEvent, void, undefined>} events
 * @param {string} [end]
 */
async function readText(events, end) {
  let text = ''
  for (;;) {
    const { done, value } = await events.next()
    if (done) return text
    if (value.type === 'text-delta') text += value.text
    if (end !== undefined && text.includes(end)) return text
  }
}

/** @param {Mock} mock */
function lastCall(mock) {
  const call = mock.calls.findLast(({ path }) => path === CHAT)
  assert.ok(call, `no call to ${CHAT}`)
  return call
}

/**
 * How the last call ended, without waiting for it.
 * @param {Mock} mock
 */
function outcome(mock) {
  return Promise.race([lastCall(mock).finished, Promise.resolve('not finished')])
}
