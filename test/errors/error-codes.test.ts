import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type ErrorCode, HINTS, hintFor, hintsFor } from '../../src/errors/error-codes.js'

/** One fragment of the hint of every code, written out: a lost or swapped row fails here. */
const FRAGMENTS = {
  network: 'firewall or browser extension',
  'connection-reset': 'use https:// in the endpoint',
  dns: 'spelling of the host name',
  tls: 'NODE_EXTRA_CA_CERTS',
  offline: 'Connect this device to the network',
  'blocked-port': 'listen on another port',
  redirect: 'address that the server redirects to',
  'server-error': 'a gateway sent a 502, 503 or 504',
  loading: 'raise `generationTimeout` for a larger model',
  'not-running': '`lms server start`, with `--cors` for web pages',
  unreachable: 'Serve on Local Network',
  'wrong-service': 'another program answers there',
  'tunnel-offline': 'Start the tunnel',
  'wrong-path': 'check that the server offers this route',
  'old-version': 'Update LM Studio to 0.4',
  timeout: 'raise the time limit if the server is only slow',
  'queue-timeout': 'Raise `maxConcurrency`',
  'function-timeout': 'the function that the message names',
  platform: 'lmstudio-provider/node',
  'download-stalled': '`jobId` that `onProgress` received',
  'stream-interrupted': 'What arrived of a stream is in `partial`',
  'cors-disabled': 'turn on "Enable CORS"',
  'permission-required': 'Allow the page to reach apps on this device',
  'permission-denied': 'Open the site settings',
  'mixed-content': 'put a proxy with TLS in front of the server',
  'blocked-by-csp': 'to `connect-src`, or to `default-src`',
  'insecure-context': 'Serve the page over https',
  api: 'Read `serverMessage` for the reason',
  'generation-failed': 'If it fails once more',
  'request-timeout': 'If a gateway gave up on the request',
  'download-failed': 'free disk space',
  'job-not-found': 'Call `downloadModel` without `jobId`',
  'integration-unreachable': 'MCP server or plugin of the integration is running',
  'partly-unloaded': 'Call `unloadModel` again',
  'auth-required': 'Pass the API key of the server',
  'auth-rejected': 'Copy the API token of the server again',
  'sign-in-page': 'such as a service token',
  permission: 'Grant the API token this permission',
  'origin-not-allowed': 'Allow the origin of the page or extension',
  'rate-limit': 'Wait for `retryAfterMs`',
  'quota-exceeded': 'Raise the quota or add credit',
  'model-required': 'Name a model in the request or as the option `model`',
  'model-not-found': 'Use a model from `availableModels`',
  'no-models-loaded': 'run `lms load`, or turn on just-in-time loading',
  'model-substituted': 'set `onModelSubstituted` to "warn"',
  'model-load': 'Unload other models',
  'model-unloaded': 'or call `loadModel` first',
  'engine-crashed': 'lower its context length or GPU offload',
  'context-length': 'lms load <model> --context-length <tokens>',
  'max-tokens': 'Lower `maxTokens`',
  'input-too-long': 'Split the text into shorter ones',
  'invalid-response': 'OpenAI-compatible server such as LM Studio',
  'not-json': 'not a proxy or another program',
  'gateway-page': 'pass the header that skips the page',
  'not-a-response': 'it must return a Response',
  'empty-response': 'some engines report an overflow this way',
  'tool-call-lost': 'choose a model that is trained to call tools',
  'too-many-tool-calls': 'Limit the response with `maxTokens`',
  'wrong-count': 'Send fewer texts per request',
  'invalid-vectors': 'no text is empty or too long',
  'wrong-answers': 'ask fewer questions per request',
  'mixed-dimensions': 'Embed all texts with one model',
  'line-too-long': 'limit the response with `maxTokens`',
  'body-too-long': 'request less with `maxTokens` or `batchSize`',
  'invalid-request': 'Correct what the message names',
  'wrong-model-type': '`type` and `capabilities` of each model',
  'batch-too-large': 'Lower `batchSize`',
  'request-too-large': 'client_max_body_size',
  'chat-template': 'Let user and assistant messages alternate',
  'unsupported-schema': 'Simplify the JSON Schema',
  'no-vision': 'choose a model that accepts images',
  'unreadable-image': 'Send a PNG or JPEG image',
  'no-tools': 'Choose a model that supports tools',
  'unsupported-format': 'leave the response format out',
  'unsupported-field': 'Leave out the field that the server names',
  'unknown-response': 'no longer stores this response',
  'conversation-busy': 'conversation.branch()',
  'stream-taken': 'Iterate over the stream once',
  'invalid-schema': 'Pass a schema from valibot, zod or arktype',
  configuration: 'Correct the configuration value',
  'invalid-option': 'Correct the option, or leave it out',
  'invalid-endpoint': 'Use an endpoint such as http://127.0.0.1:1234',
  'interceptor-failed': 'Fix the interceptor',
  'invalid-token': 'Copy the token again, without `Bearer`',
  'invalid-headers': 'Pass a Headers instance',
  'invalid-setting': 'Correct the value of the variable or key',
  'bad-file': 'Correct the file, or remove it',
  'ambiguous-file': 'Keep only one of the two files',
  'unknown-key': 'Rename the key',
  'token-in-file': 'delete the line',
  'misplaced-token': 'LMSTUDIO_API_TOKEN in the environment, and nowhere else',
  'output-validation': 'Compare `text` with the fields listed in `issues`',
  'output-truncated': 'Raise `maxTokens`',
  'output-not-json': 'choose a model that supports structured output',
  'output-mismatch': 'set `repair` or simplify the schema',
  'output-empty': 'some return nothing when a schema is set',
  'output-refused': 'Rephrase the request',
  'schema-failed': 'Fix the schema: what it threw is the `cause`',
  'tool-execution': 'Read `cause` for the error that the tool threw',
  'max-rounds': 'raise `maxRounds`',
  unknown: 'check that nothing cuts the connection',
} as const satisfies Record<ErrorCode, string>

const codes = Object.keys(FRAGMENTS) as ErrorCode[]

describe('the table of hints', () => {
  it('has a row for every error code and no other row', () => {
    expect(Object.keys(HINTS).toSorted()).toEqual(codes.toSorted())
  })

  it.each(codes)('has the hint of its own for %s', (code) => {
    expect(hintFor(code)).toContain(FRAGMENTS[code])
    expect(codes.filter((other) => hintFor(other).includes(FRAGMENTS[code]))).toEqual([code])
  })

  it.each(codes)('writes every hint of %s as a sentence', (code) => {
    for (const hint of hintsFor(code)) expect(hint).toMatch(/^[A-Z].{20,}\.$/)
  })
})

describe('hintFor', () => {
  it('joins the hints of a code to one text', () => {
    expect(hintFor('unreachable')).toBe(
      'Check the address, and check that the machine is on and in the same network. Make the server listen on the network and not only on its own machine (in LM Studio: Developer tab, Server Settings, "Serve on Local Network", or `lms server start --bind 0.0.0.0`).',
    )
  })

  it('adds the hints of another possible cause after its own', () => {
    expect(hintFor('not-running', 'permission-required')).toMatch(
      /^Start the server .* Allow the page to reach apps on this device when the browser asks, then try again\.$/,
    )
  })

  it.each(['toString', 'constructor', 'no-such-code'])(
    'has a general hint for the code %s of a JavaScript caller',
    (code) => {
      expect(hintFor(code as ErrorCode)).toContain('Look at the server log')
    },
  )
})

describe('findings that are not errors', () => {
  it('has no hint for a server that is ready', () => {
    expect(hintsFor('ok')).toEqual([])
  })

  it('says how to get a model when the server has none', () => {
    expect(hintFor('no-models')).toContain('lms get')
  })

  it('says what to write for a local name that does not resolve', () => {
    expect(hintFor('local-name')).toMatch(
      /http:\/\/127\.0\.0\.1 or http:\/\/localhost.*IP address.*Serve on Local Network/,
    )
  })
})

describe('docs/errors.md', () => {
  const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  const table = page.slice(page.indexOf('## Codes'), page.indexOf('## Retries'))
  const documented = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code!)

  it('has one row for every error code and no other row', () => {
    expect(documented.toSorted()).toEqual(codes.toSorted())
  })
})
