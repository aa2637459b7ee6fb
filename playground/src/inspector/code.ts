import { createLMStudio } from 'lmstudio-provider'
import { callOf, type Call } from './call-of.js'
import { rawCode, toSource, type Code } from './literal.js'
import { bodyOf, hasToken, customHeaders, TOKEN_VARIABLE, type RecordedRequest } from './recorded.js'
import { routeOf } from './routes.js'

/** Where the code runs. */
type Runtime = 'page' | 'node'

const CDN = 'https://cdn.jsdelivr.net/npm/lmstudio-provider/dist'

export interface CodeOptions {
  /** Whether the mock inside the page responded. The code then creates its own mock. */
  readonly usesMock: boolean
}

/** Generates a Node program that sends the request with the package. */
export function toNodeCode(request: RecordedRequest, { usesMock }: CodeOptions): string {
  const { imports, body } = program(request, 'node', usesMock)
  const lines = imports.map(
    ({ names, from }) => `import { ${names} } from 'lmstudio-provider${from === '' ? '/node' : from}'`,
  )
  return `${[...lines, ...(lines.length > 0 ? [''] : []), ...body].join('\n')}\n`
}

/** Generates a web page that sends the request with the package, loaded from a CDN. */
export function toPageCode(request: RecordedRequest, { usesMock }: CodeOptions): string {
  const { imports, body } = program(request, 'page', usesMock)
  const lines = imports.map(
    ({ names, from }) =>
      `import { ${names} } from '${CDN}/${from === '' ? 'lmstudio-provider.min' : from.slice(1)}.js'`,
  )
  const script = [
    ...lines,
    ...(lines.length > 0 ? [''] : []),
    "const output = document.querySelector('pre')",
    'const show = (text) => output.append(text)',
    '',
    'try {',
    ...indent(body),
    '} catch (error) {',
    "  show(`${error.name}: ${error.message}\\n${error.hint ?? ''}`)",
    '}',
  ]
  return [
    '<!doctype html>',
    '<meta charset="utf-8" />',
    '<title>A request to LM Studio</title>',
    '<pre></pre>',
    '<script type="module">',
    ...indent(script),
    '</script>',
    '',
  ].join('\n')
}

const indent = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => line.split('\n')).map((line) => (line === '' ? '' : `  ${line}`))

interface Program {
  readonly imports: readonly { readonly names: string; readonly from: string }[]
  readonly body: readonly string[]
}

function program(request: RecordedRequest, runtime: Runtime, usesMock: boolean): Program {
  const call = callOf(request)
  const mock = usesMock ? [{ names: 'createMockLMStudio', from: '/testing' }] : []
  const mockLines = usesMock
    ? ['// The mock of the playground. No model is running.', 'const mock = createMockLMStudio()']
    : []
  if (call === undefined) {
    return { imports: mock, body: [...mockLines, ...fetchLines(request, runtime, usesMock)] }
  }
  return {
    imports: [{ names: 'createLMStudio', from: '' }, ...mock],
    body: [
      ...mockLines,
      `const lmstudio = createLMStudio(${options(request, runtime, usesMock)})`,
      '',
      ...callLines(call, runtime),
    ],
  }
}

function options(request: RecordedRequest, runtime: Runtime, usesMock: boolean): string {
  if (usesMock) return '{ fetch: mock.fetch }'
  const { endpoint } = routeOf(request.url)
  return toSource({
    endpoint,
    allowRemote: needsAllowRemote(endpoint) || undefined,
    apiToken: hasToken(request) ? secret(TOKEN_VARIABLE, runtime) : undefined,
    headers: headersOf(request, runtime),
  })
}

/** Whether the library requires `allowRemote` for the endpoint. */
function needsAllowRemote(endpoint: string): boolean {
  try {
    createLMStudio({ endpoint })
    return false
  } catch {
    return true
  }
}

/** Reads a secret from the environment, or prompts for it in a page. */
const secret = (variable: string, runtime: Runtime): Code =>
  rawCode(runtime === 'node' ? `process.env.${variable}` : `prompt('${variable}') ?? undefined`)

function headersOf(request: RecordedRequest, runtime: Runtime): Record<string, unknown> | undefined {
  const headers = customHeaders(request)
  if (headers.length === 0) return undefined
  return Object.fromEntries(
    headers.map(({ name, value, variable }) => [name, variable === undefined ? value : secret(variable, runtime)]),
  )
}

const printLine = (runtime: Runtime, text: string): string =>
  runtime === 'node' ? `console.log(${text})` : `show(${text.startsWith('`') ? text : `\`\${${text}}\``} + '\\n')`

const printText = (runtime: Runtime, text: string): string =>
  runtime === 'node' ? `process.stdout.write(${text})` : `show(${text})`

function callLines({ method, args, result, hasTools }: Call, runtime: Runtime): string[] {
  const expression = `lmstudio.${method}(${args.map((arg) => toSource(arg)).join(', ')})`
  const tools = ['for (const call of toolCalls) ' + printLine(runtime, '`${call.name}(${call.rawArguments})`')]
  switch (result) {
    case 'text-stream':
      return [
        `const stream = ${expression}`,
        `for await (const text of stream.textStream) ${printText(runtime, 'text')}`,
        ...(runtime === 'node' ? [printText(runtime, "'\\n'")] : []),
        ...(hasTools ? ['const { toolCalls } = await stream.response', ...tools] : []),
      ]
    case 'text':
      return hasTools
        ? [`const { text, toolCalls } = await ${expression}`, printLine(runtime, 'text'), ...tools]
        : [`const { text } = await ${expression}`, printLine(runtime, 'text')]
    case 'embeddings':
      return [
        `const { embeddings } = await ${expression}`,
        printLine(runtime, '`${embeddings.length} vectors of ${embeddings[0].length} numbers`'),
      ]
    case 'decisions':
      return [`const { answers } = await ${expression}`, printLine(runtime, 'JSON.stringify(answers, null, 2)')]
    case 'models':
      return [
        `const models = await ${expression}`,
        `for (const { id, state } of models) ${printLine(runtime, '`${id} (${state})`')}`,
      ]
    case 'health':
      return [`const { status } = await ${expression}`, printLine(runtime, 'status')]
    case 'loaded':
      return [`const { instanceId } = await ${expression}`, printLine(runtime, '`${instanceId} is loaded`')]
    case 'download':
      return [`const { status } = await ${expression}`, printLine(runtime, 'status')]
    case 'nothing':
      return [`await ${expression}`, printLine(runtime, "'done'")]
  }
}

/** Sends the request with `fetch`, if the library has no call for it. */
function fetchLines(request: RecordedRequest, runtime: Runtime, usesMock: boolean): string[] {
  const { method, requestBody, isBodyTruncated, requestHeaders } = request
  const type = requestHeaders.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  const token = hasToken(request)
    ? rawCode(
        runtime === 'node'
          ? `\`Bearer \${process.env.${TOKEN_VARIABLE}}\``
          : `\`Bearer \${prompt('${TOKEN_VARIABLE}')}\``,
      )
    : undefined
  const headers = { 'content-type': type, authorization: token, ...headersOf(request, runtime) }
  const json = bodyOf(request)
  const init = toSource({
    method: method === 'GET' ? undefined : method,
    headers: Object.values(headers).some((value) => value !== undefined) ? headers : undefined,
    body: json === undefined ? requestBody : rawCode(`JSON.stringify(${toSource(json, '  ')})`),
  })
  const target = `${toSource(request.url)}${init === '{}' ? '' : `, ${init}`}`
  return [
    ...(isBodyTruncated ? ['// The body is incomplete: it exceeded the recording limit.'] : []),
    `const response = await ${usesMock ? 'mock.fetch' : 'fetch'}(${target})`,
    ...(json?.stream === true
      ? [
          'const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()',
          `for (let next; !(next = await reader.read()).done; ) ${printText(runtime, 'next.value')}`,
        ]
      : [printLine(runtime, 'await response.text()')]),
  ]
}
