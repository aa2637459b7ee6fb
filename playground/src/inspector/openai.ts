import { toSource } from './literal.js'
import { toPython } from './python-literal.js'
import type { JSONObject } from '../lib/json-object.js'
import { bodyOf, hasToken, TOKEN_VARIABLE, type RecordedRequest } from './recorded.js'
import { routeOf } from './routes.js'

type Result = 'chat' | 'text' | 'responses' | 'embeddings' | 'models'

interface OpenAICall {
  /** Such as `chat.completions.create`. */
  readonly method: string
  readonly baseURL: string
  readonly body: JSONObject | undefined
  readonly result: Result
  readonly hasToken: boolean
}

const METHODS: Readonly<Record<string, readonly [method: string, result: Result]>> = {
  '/v1/chat/completions': ['chat.completions.create', 'chat'],
  '/v1/completions': ['completions.create', 'text'],
  '/v1/responses': ['responses.create', 'responses'],
  '/v1/embeddings': ['embeddings.create', 'embeddings'],
  '/v1/models': ['models.list', 'models'],
}

/** The fields that the OpenAI SDK for Python accepts; it sends others only as `extra_body`. */
const PYTHON_FIELDS = new Set(
  `model messages prompt input instructions stream stream_options temperature top_p max_tokens max_output_tokens stop seed
  presence_penalty frequency_penalty logit_bias tools tool_choice response_format reasoning_effort reasoning
  previous_response_id store encoding_format`.split(/\s+/),
)

/** Finds the call of the OpenAI SDK that sends a request; `undefined` for a route that only LM Studio has. */
function callOf(request: RecordedRequest, endpoint: string | undefined): OpenAICall | undefined {
  const { endpoint: recorded, route } = routeOf(request.url)
  const [method, result] = METHODS[route] ?? []
  const body = bodyOf(request)
  const isGet = request.method === 'GET'
  if (method === undefined || result === undefined || isGet !== (result === 'models')) return undefined
  if (!isGet && body === undefined) return undefined
  return { method, result, body, baseURL: `${endpoint ?? recorded}/v1`, hasToken: hasToken(request) }
}

const NOTE = 'LM Studio requires no key unless authentication is on, but the SDK requires a value.'

/** Generates a Node program for the OpenAI SDK. `endpoint` takes the place of one that programs cannot reach. */
export function toOpenAICode(request: RecordedRequest, endpoint?: string): string | undefined {
  const call = callOf(request, endpoint)
  if (call === undefined) return undefined
  const key = call.hasToken ? `process.env.${TOKEN_VARIABLE}` : "'lm-studio'"
  const args = call.body === undefined ? '' : toSource(call.body)
  return [
    "import OpenAI from 'openai'",
    '',
    ...(call.hasToken ? [] : [`// ${NOTE}`]),
    `const client = new OpenAI({ baseURL: ${toSource(call.baseURL)}, apiKey: ${key} })`,
    '',
    ...javaScriptLines(call, `client.${call.method}(${args})`),
    '',
  ].join('\n')
}

function javaScriptLines({ result, body }: OpenAICall, expression: string): string[] {
  const isStream = body?.stream === true
  if (result === 'models') return [`for await (const { id } of ${expression}) console.log(id)`]
  if (result === 'embeddings')
    return [
      `const { data } = await ${expression}`,
      'console.log(`${data.length} vectors of ${data[0].embedding.length} numbers`)',
    ]
  if (!isStream) {
    const text = { chat: 'choices[0].message', text: 'choices[0].text', responses: 'output_text' }[result]
    return [`const response = await ${expression}`, `console.log(response.${text})`]
  }
  const line = {
    chat: "for await (const { choices } of stream) process.stdout.write(choices[0]?.delta.content ?? '')",
    text: "for await (const { choices } of stream) process.stdout.write(choices[0]?.text ?? '')",
    responses:
      "for await (const event of stream) if (event.type === 'response.output_text.delta') process.stdout.write(event.delta)",
  }[result]
  return [`const stream = await ${expression}`, line, "process.stdout.write('\\n')"]
}

/** Generates a Python program: for the OpenAI SDK, or with the standard library for a route that only LM Studio has. */
export function toPythonCode(request: RecordedRequest, endpoint?: string): string {
  const call = callOf(request, endpoint)
  if (call === undefined) return plainPython(request, endpoint)
  const key = call.hasToken ? `os.environ["${TOKEN_VARIABLE}"]` : '"lm-studio"'
  const known = Object.entries(call.body ?? {}).filter(([name]) => PYTHON_FIELDS.has(name))
  const extra = Object.fromEntries(Object.entries(call.body ?? {}).filter(([name]) => !PYTHON_FIELDS.has(name)))
  const args = [
    ...known.map(([name, value]) => `    ${name}=${toPython(value, '    ')},`),
    ...(Object.keys(extra).length === 0 ? [] : [`    extra_body=${toPython(extra, '    ')},`]),
  ]
  const expression = args.length === 0 ? `client.${call.method}()` : `client.${call.method}(\n${args.join('\n')}\n)`
  return [
    ...(call.hasToken ? ['import os', ''] : []),
    'from openai import OpenAI',
    '',
    ...(call.hasToken ? [] : [`# ${NOTE}`]),
    `client = OpenAI(base_url=${toPython(call.baseURL)}, api_key=${key})`,
    ...pythonLines(call, expression),
    '',
  ].join('\n')
}

function pythonLines({ result, body }: OpenAICall, expression: string): string[] {
  if (result === 'models') return [`for model in ${expression}:`, '    print(model.id)']
  if (result === 'embeddings')
    return [`data = ${expression}.data`, 'print(f"{len(data)} vectors of {len(data[0].embedding)} numbers")']
  if (body?.stream !== true) {
    const text = { chat: 'choices[0].message', text: 'choices[0].text', responses: 'output_text' }[result]
    return [`response = ${expression}`, `print(response.${text})`]
  }
  const head = [`stream = ${expression}`]
  if (result === 'responses')
    return [
      ...head,
      'for event in stream:',
      '    if event.type == "response.output_text.delta":',
      '        print(event.delta, end="", flush=True)',
    ]
  const delta = result === 'chat' ? 'chunk.choices[0].delta.content' : 'chunk.choices[0].text'
  return [...head, 'for chunk in stream:', '    if chunk.choices:', `        print(${delta} or "", end="", flush=True)`]
}

/** Sends the request with the standard library. */
function plainPython(request: RecordedRequest, endpoint: string | undefined): string {
  const { endpoint: recorded } = routeOf(request.url)
  const url = endpoint === undefined ? request.url : endpoint + request.url.slice(recorded.length)
  const body = bodyOf(request)
  const headers = [
    ...(request.requestBody === undefined ? [] : ['"Content-Type": "application/json"']),
    ...(hasToken(request) ? [`"Authorization": "Bearer " + os.environ["${TOKEN_VARIABLE}"]`] : []),
  ]
  return [
    ...(body === undefined ? [] : ['import json']),
    ...(hasToken(request) ? ['import os'] : []),
    'import urllib.request',
    '',
    'request = urllib.request.Request(',
    `    ${toPython(url)},`,
    `    method=${toPython(request.method)},`,
    ...(headers.length === 0 ? [] : [`    headers={${headers.join(', ')}},`]),
    ...(body === undefined
      ? request.requestBody === undefined
        ? []
        : [`    data=${toPython(request.requestBody)}.encode(),`]
      : [`    data=json.dumps(${toPython(body, '    ')}).encode(),`]),
    ')',
    'with urllib.request.urlopen(request) as response:',
    '    for line in response:',
    '        print(line.decode(), end="")',
    '',
  ].join('\n')
}
