import { bodyOf, hasToken, ownHeaders, TOKEN_VARIABLE, type Recorded } from './recorded.js'

// Linux takes no argument of 128 KiB.
const MAX_ARGUMENT = 100_000

/** A text as one word of a POSIX shell. */
export const shellQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** Inside double quotes, where a variable is read. */
const withVariable = (before: string, variable: string): string => `"${before}$${variable}"`

/** The request as a command of a POSIX shell. Secrets come from variables. */
export function toCurl(request: Recorded, endpointOfMock?: string): string {
  const { method, requestBody, isBodyTruncated } = request
  const lines: string[] = []
  const url = endpointOfMock === undefined ? request.url : moved(request.url, endpointOfMock)
  const isStream = bodyOf(request)?.stream === true
  const flags = [...(isStream ? ['-N'] : []), ...(method === 'GET' || requestBody !== undefined ? [] : ['-X', method])]
  lines.push(['curl', ...flags, shellQuote(url)].join(' '))
  if (requestBody !== undefined && method !== 'POST') lines.push(`-X ${method}`)
  const type = request.requestHeaders.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  if (type !== undefined) lines.push(`-H ${shellQuote(`Content-Type: ${type}`)}`)
  if (hasToken(request)) lines.push(`-H ${withVariable('Authorization: Bearer ', TOKEN_VARIABLE)}`)
  for (const { name, value, variable } of ownHeaders(request)) {
    lines.push(`-H ${variable === undefined ? shellQuote(`${name}: ${value}`) : withVariable(`${name}: `, variable)}`)
  }
  let after = ''
  if (requestBody !== undefined) {
    if (requestBody.length <= MAX_ARGUMENT) lines.push(`--data-raw ${shellQuote(requestBody)}`)
    else {
      const end = endOf(requestBody)
      lines.push(`--data-binary @- <<'${end}'`)
      after = `\n${requestBody}\n${end}`
    }
  }
  const notes = [
    ...(endpointOfMock === undefined
      ? []
      : ['# The mock lives in the page. This asks LM Studio on this machine instead.']),
    ...(isBodyTruncated ? ['# The body is only its beginning: it was too long to be kept.'] : []),
  ]
  return [...notes, lines.join(' \\\n  ') + after].join('\n')
}

/** The same path at another endpoint. */
function moved(url: string, endpoint: string): string {
  const { pathname, search } = new URL(url)
  return endpoint + pathname + search
}

/** A line that the body has not. */
function endOf(body: string): string {
  let end = 'END_OF_BODY'
  while (body.split('\n').includes(end)) end += '_'
  return end
}
