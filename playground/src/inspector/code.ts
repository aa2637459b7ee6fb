import { createLMStudio } from 'lmstudio-provider'
import { callOf, type Call } from './call-of.js'
import { raw, toSource, type Code } from './literal.js'
import { bodyOf, hasToken, ownHeaders, TOKEN_VARIABLE, type Recorded } from './recorded.js'
import { placeOf } from './routes.js'

/** Where the code is to run. */
type Runtime = 'page' | 'node'

const CDN = 'https://cdn.jsdelivr.net/npm/lmstudio-provider/dist'

export interface CodeOptions {
  /** The mock in the page answered, which is nowhere else: the code gets one of its own. */
  readonly isInPage: boolean
}

/** A program for Node that makes the request with the package. */
export function toNodeCode(request: Recorded, { isInPage }: CodeOptions): string {
  const { imports, body } = program(request, 'node', isInPage)
  const lines = imports.map(
    ({ names, from }) => `import { ${names} } from 'lmstudio-provider${from === '' ? '/node' : from}'`,
  )
  return `${[...lines, ...(lines.length > 0 ? [''] : []), ...body].join('\n')}\n`
}

/** A whole page that makes the request with the package, from a CDN. */
export function toPageCode(request: Recorded, { isInPage }: CodeOptions): string {
  const { imports, body } = program(request, 'page', isInPage)
  const lines = imports.map(
    ({ names, from }) => `import { ${names} } from '${CDN}/${from === '' ? 'index' : from.slice(1)}.js'`,
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

function program(request: Recorded, runtime: Runtime, isInPage: boolean): Program {
  const call = callOf(request)
  const mock = isInPage ? [{ names: 'createMockLMStudio', from: '/testing' }] : []
  const makeMock = isInPage
    ? ['// As in the playground: no model runs in it.', 'const mock = createMockLMStudio()']
    : []
  if (call === undefined) {
    return { imports: mock, body: [...makeMock, ...fetchLines(request, runtime, isInPage)] }
  }
  return {
    imports: [{ names: 'createLMStudio', from: '' }, ...mock],
    body: [
      ...makeMock,
      `const lmstudio = createLMStudio(${options(request, runtime, isInPage)})`,
      '',
      ...callLines(call, runtime),
    ],
  }
}

function options(request: Recorded, runtime: Runtime, isInPage: boolean): string {
  if (isInPage) return '{ fetch: mock.fetch }'
  const { endpoint } = placeOf(request.url)
  return toSource({
    endpoint,
    allowRemote: needsPermission(endpoint) || undefined,
    apiToken: hasToken(request) ? secret(TOKEN_VARIABLE, runtime) : undefined,
    headers: headersOf(request, runtime),
  })
}

/** Whether the library refuses the address unless it is told that it may be outside the network. */
function needsPermission(endpoint: string): boolean {
  try {
    createLMStudio({ endpoint })
    return false
  } catch {
    return true
  }
}

/** A secret that is asked for where the code runs. */
const secret = (variable: string, runtime: Runtime): Code =>
  raw(runtime === 'node' ? `process.env.${variable}` : `prompt('${variable}') ?? undefined`)

function headersOf(request: Recorded, runtime: Runtime): Record<string, unknown> | undefined {
  const headers = ownHeaders(request)
  if (headers.length === 0) return undefined
  return Object.fromEntries(
    headers.map(({ name, value, variable }) => [name, variable === undefined ? value : secret(variable, runtime)]),
  )
}

const say = (runtime: Runtime, text: string): string =>
  runtime === 'node' ? `console.log(${text})` : `show(${text.startsWith('`') ? text : `\`\${${text}}\``} + '\\n')`

const piece = (runtime: Runtime, text: string): string =>
  runtime === 'node' ? `process.stdout.write(${text})` : `show(${text})`

function callLines({ method, args, gives, hasTools }: Call, runtime: Runtime): string[] {
  const made = `lmstudio.${method}(${args.map((arg) => toSource(arg)).join(', ')})`
  const tools = ['for (const call of toolCalls) ' + say(runtime, '`${call.name}(${call.rawArguments})`')]
  switch (gives) {
    case 'text-stream':
      return [
        `const stream = ${made}`,
        `for await (const text of stream.textStream) ${piece(runtime, 'text')}`,
        ...(runtime === 'node' ? [piece(runtime, "'\\n'")] : []),
        ...(hasTools ? ['const { toolCalls } = await stream.response', ...tools] : []),
      ]
    case 'text':
      return hasTools
        ? [`const { text, toolCalls } = await ${made}`, say(runtime, 'text'), ...tools]
        : [`const { text } = await ${made}`, say(runtime, 'text')]
    case 'embeddings':
      return [
        `const { embeddings } = await ${made}`,
        say(runtime, '`${embeddings.length} vectors of ${embeddings[0].length} numbers`'),
      ]
    case 'models':
      return [
        `const models = await ${made}`,
        `for (const { id, state } of models) ${say(runtime, '`${id} (${state})`')}`,
      ]
    case 'health':
      return [`const { status } = await ${made}`, say(runtime, 'status')]
    case 'loaded':
      return [`const { instanceId } = await ${made}`, say(runtime, '`${instanceId} is loaded`')]
    case 'download':
      return [`const { status } = await ${made}`, say(runtime, 'status')]
    case 'nothing':
      return [`await ${made}`, say(runtime, "'done'")]
  }
}

/** For what the library has no call for. */
function fetchLines(request: Recorded, runtime: Runtime, isInPage: boolean): string[] {
  const { method, requestBody, isBodyTruncated, requestHeaders } = request
  const type = requestHeaders.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  const token = hasToken(request)
    ? raw(
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
    body: json === undefined ? requestBody : raw(`JSON.stringify(${toSource(json, '  ')})`),
  })
  const target = `${toSource(request.url)}${init === '{}' ? '' : `, ${init}`}`
  return [
    ...(isBodyTruncated ? ['// The body is only its beginning: it was too long to be kept.'] : []),
    `const response = await ${isInPage ? 'mock.fetch' : 'fetch'}(${target})`,
    ...(json?.stream === true
      ? [
          'const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()',
          `for (let next; !(next = await reader.read()).done; ) ${piece(runtime, 'next.value')}`,
        ]
      : [say(runtime, 'await response.text()')]),
  ]
}
