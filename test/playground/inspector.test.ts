import { spawnSync } from 'node:child_process'
import { createMockLMStudio } from 'lmstudio-provider/testing'
import { describe, expect, test } from 'vitest'
import { shellQuote, toCurl } from '../../playground/src/inspector/curl.js'
import { createEventReader } from '../../playground/src/inspector/event-reader.js'
import { statusGroupOf, isListed, NO_FILTER } from '../../playground/src/inspector/filter.js'
import { phasesOf, describePhases } from '../../playground/src/inspector/phases.js'
import { preview } from '../../playground/src/inspector/preview.js'
import type { RecordedRequest } from '../../playground/src/inspector/recorded.js'
import { routeOf } from '../../playground/src/inspector/routes.js'

const post = (body: string): RecordedRequest => ({
  method: 'POST',
  url: 'http://127.0.0.1:1234/v1/chat/completions',
  requestHeaders: [['content-type', 'application/json']],
  requestBody: body,
  isBodyTruncated: false,
})

describe('createEventReader', () => {
  const STREAM =
    ': hello\n\nevent: chat.start\ndata: {"a":1}\n\ndata: one\r\ndata: two\r\n\r\ndata:tight\rid: 4\r\r\n\ndata: last'

  const read = (texts: readonly string[]) => {
    const reader = createEventReader()
    const chunks: { at: number; text: string }[] = []
    for (const [at, text] of texts.entries()) {
      chunks.push({ at, text })
      reader.read(chunks)
    }
    return { events: reader.events.map(({ name, data }) => [name, data]), rest: reader.rest(), all: reader.events }
  }

  test('parses the same events however the stream is split', () => {
    const whole = read([STREAM])
    expect(whole.events).toEqual([
      ['comment', 'hello'],
      ['chat.start', '{"a":1}'],
      ['message', 'one\ntwo'],
      ['message', 'tight'],
    ])
    expect(whole.rest).toBe('data: last')
    for (const size of [1, 2, 3, 7, 20]) {
      const parts = STREAM.match(new RegExp(`[^]{1,${size}}`, 'g'))!
      expect(read(parts).events, `parts of ${size}`).toEqual(whole.events)
      expect(read(parts).rest).toBe('data: last')
    }
  })

  test('records when the last byte of each event arrived', () => {
    expect(read(['data: a\n', '\ndata: b\n\n']).all.map(({ at }) => at)).toEqual([1, 1])
    expect(read(['data: a\n\n', 'data: b\n\n']).all.map(({ at }) => at)).toEqual([0, 1])
  })

  test('parses a stream of the mock', async () => {
    const response = await createMockLMStudio().fetch('http://127.0.0.1:1234/api/v1/chat', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'acme/tern-4b', input: 'Hi', stream: true }),
    })
    const { events, rest } = read([await response.text()])
    expect(events[0]![0]).toBe('chat.start')
    expect(events.at(-1)![0]).toBe('chat.end')
    expect(rest).toBe('')
  })
})

describe('preview', () => {
  test.each([
    ['{"id":"x","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}', '"content":"Hi"'],
    ['{"id":"x","choices":[],"usage":{"total_tokens":3}}', '"usage":{"total_tokens":3}'],
    ['{"type":"message.delta","content":"Hi"}', '"content":"Hi"'],
    ['{"id":"x"}', '{"id":"x"}'],
    ['[DONE]', '[DONE]'],
    ['{"cut', '{"cut'],
  ])('of %s shows only the new fields', (data, line) => {
    expect(preview(data)).toBe(line)
  })
})

describe('toCurl', () => {
  const AWKWARD = `It's "so" $HOME \`id\` \\ \\n\n 🌊 !! %s é`

  test.each([AWKWARD, "''", '', '\\', "it's\n'quoted'"])('quotes %j so that a shell reads it back', (text) => {
    const { stdout } = spawnSync('sh', ['-c', `printf %s ${shellQuote(text)}`], { encoding: 'utf8' })
    expect(stdout).toBe(text)
  })

  /** Returns the arguments and the input of the `curl` call in a command. */
  const called = (command: string): { readonly args: string[]; readonly input: string } => {
    const script = `curl() { for a in "$@"; do printf '%s\\036' "$a"; done; case "$*" in *@-*) printf '\\035'; cat;; esac; }\n${command}\n`
    const { stdout } = spawnSync('sh', {
      // Through standard input, as pasted: an argument could not be this long.
      input: script,
      encoding: 'utf8',
      env: { ...process.env, LM_API_TOKEN: 'the token', X_API_KEY: 'the key' },
      maxBuffer: 10_000_000,
    })
    const [args = '', input = ''] = stdout.split('\u001D')
    return { args: args.split('\u001E').slice(0, -1), input }
  }

  test('passes the body unchanged', () => {
    const body = JSON.stringify({ content: AWKWARD })
    expect(called(toCurl(post(body))).args).toEqual([
      'http://127.0.0.1:1234/v1/chat/completions',
      '-H',
      'Content-Type: application/json',
      '--data-raw',
      body,
    ])
  })

  test('passes a body that is too long for an argument', () => {
    const body = JSON.stringify({ content: `${AWKWARD} END_OF_BODY`, image: 'x'.repeat(300_000) })
    const { args, input } = called(toCurl(post(body)))
    expect(args.slice(-2)).toEqual(['--data-binary', '@-'])
    expect(input).toBe(`${body}\n`)
  })

  test('reads secrets from variables', () => {
    const requestHeaders = [
      ['authorization', 'Bearer ••••••'],
      ['x-api-key', '••••••'],
      ['x-team', "it's $HOME"],
    ] as const
    expect(called(toCurl({ ...post('{}'), requestHeaders })).args).toEqual([
      'http://127.0.0.1:1234/v1/chat/completions',
      '-H',
      'Authorization: Bearer the token',
      '-H',
      'x-api-key: the key',
      '-H',
      "x-team: it's $HOME",
      '--data-raw',
      '{}',
    ])
  })

  test('sets the method if it is not the default', () => {
    const url = 'http://127.0.0.1:1234/v1/responses/1'
    expect(
      called(toCurl({ ...post(''), url, method: 'DELETE', requestBody: undefined, requestHeaders: [] })).args,
    ).toEqual(['-X', 'DELETE', url])
    expect(toCurl({ ...post('{}'), method: 'PUT' })).toContain('-X PUT')
  })

  test('replaces the endpoint of the mock inside the page, with a comment', () => {
    const command = toCurl({ ...post('{}'), url: 'https://mock.invalid/v1/models' }, 'http://127.0.0.1:1234')
    expect(command).toMatch(/^# .+\ncurl 'http:\/\/127\.0\.0\.1:1234\/v1\/models'/)
  })
})

describe('routeOf', () => {
  test.each([
    ['http://127.0.0.1:1234/v1/chat/completions', 'chat', 'http://127.0.0.1:1234', '/v1/chat/completions'],
    ['http://a/proxy/api/v1/chat', 'native', 'http://a/proxy', '/api/v1/chat'],
    ['http://a/api/v1/models/download/status/job_1', 'download', 'http://a', '/api/v1/models/download/status/job_1'],
    ['http://a/api/v0/models', 'models', 'http://a', '/api/v0/models'],
    ['http://a/v1/models', 'models', 'http://a', '/v1/models'],
    ['http://a/api/v1/models/load', 'loading', 'http://a', '/api/v1/models/load'],
    ['http://a/p/lmstudio-greeting', 'other', 'http://a/p', '/lmstudio-greeting'],
    ['http://a/novel?b=1', 'other', 'http://a', '/novel?b=1'],
  ])('splits %s', (url, kind, endpoint, route) => {
    expect(routeOf(url)).toEqual({ kind, endpoint, route })
  })
})

describe('phasesOf', () => {
  test('splits the time, up to now for an active exchange', () => {
    expect(phasesOf({ headers: 100, firstByte: 120, end: 500 }, 9_999)).toEqual([
      { name: 'Waiting', from: 0, ms: 100 },
      { name: 'First byte', from: 100, ms: 20 },
      { name: 'Streaming', from: 120, ms: 380 },
    ])
    expect(phasesOf({}, 300)).toEqual([{ name: 'Waiting', from: 0, ms: 300 }])
    expect(phasesOf({ headers: 100 }, 300).at(-1)).toEqual({ name: 'First byte', from: 100, ms: 200 })
    expect(phasesOf({ end: 40 }, 300)).toEqual([{ name: 'Waiting', from: 0, ms: 40 }])
  })

  test('can be described in words', () => {
    expect(describePhases(phasesOf({ headers: 100, firstByte: 104, end: 1604 }, 0))).toBe(
      'Waiting 100 ms, First byte 4.0 ms, Streaming 1.5 s; 1.6 s total',
    )
  })
})

describe('isListed', () => {
  const exchange = { ...post('{"model":"acme/tern-4b","messages":[]}'), isBackground: false }
  const progress = { outcome: 'complete', status: 200 }

  test.each([
    [{ text: 'TERN chat 200' }, true],
    [{ text: 'tern heron' }, false],
    [{ method: 'GET' }, false],
    [{ kind: 'chat' }, true],
    [{ kind: 'models' }, false],
    [{ statusGroup: 'ok' }, true],
    [{ statusGroup: 'not-ok' }, false],
  ] as const)('with the filter %j is %s', (change, expected) => {
    expect(isListed(exchange, progress, { ...NO_FILTER, ...change })).toBe(expected)
  })

  test('omits health checks unless they are included', () => {
    const healthCheck = { ...exchange, isBackground: true }
    expect(isListed(healthCheck, progress, NO_FILTER)).toBe(false)
    expect(isListed(healthCheck, progress, { ...NO_FILTER, withBackground: true })).toBe(true)
  })

  test.each([
    ['pending', undefined, 'active'],
    ['headers', 200, 'active'],
    ['streaming', 200, 'active'],
    ['complete', 200, 'ok'],
    ['complete', 302, 'not-ok'],
    ['complete', 503, 'not-ok'],
    ['failed', 200, 'failed'],
    ['opaque', undefined, 'failed'],
    ['canceled', 200, 'stopped'],
    ['aborted', undefined, 'stopped'],
  ] as const)('%s with status %s is %s', (outcome, status, group) => {
    expect(statusGroupOf({ outcome, ...(status === undefined ? {} : { status }) })).toBe(group)
  })
})
