import { bodyOf, hasToken, customHeaders, TOKEN_VARIABLE, type RecordedRequest } from './recorded.js'

// Linux limits an argument to 128 KiB.
const MAX_ARGUMENT = 100_000

/** Quotes a text as one word of a POSIX shell. */
export const shellQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** A double-quoted word that ends with a shell variable. */
const withVariable = (prefix: string, variable: string): string => `"${prefix}$${variable}"`

/**
 * Generates a curl command for a POSIX shell. Secrets are read from variables.
 *
 * @param replacementEndpoint Used instead of the mock inside the page, which curl cannot reach.
 */
export function toCurl(request: RecordedRequest, replacementEndpoint?: string): string {
  const { method, requestBody, isBodyTruncated } = request
  const lines: string[] = []
  const url = replacementEndpoint === undefined ? request.url : atEndpoint(request.url, replacementEndpoint)
  const isStream = bodyOf(request)?.stream === true
  const flags = [...(isStream ? ['-N'] : []), ...(method === 'GET' || requestBody !== undefined ? [] : ['-X', method])]
  lines.push(['curl', ...flags, shellQuote(url)].join(' '))
  if (requestBody !== undefined && method !== 'POST') lines.push(`-X ${method}`)
  const type = request.requestHeaders.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  if (type !== undefined) lines.push(`-H ${shellQuote(`Content-Type: ${type}`)}`)
  if (hasToken(request)) lines.push(`-H ${withVariable('Authorization: Bearer ', TOKEN_VARIABLE)}`)
  for (const { name, value, variable } of customHeaders(request)) {
    lines.push(`-H ${variable === undefined ? shellQuote(`${name}: ${value}`) : withVariable(`${name}: `, variable)}`)
  }
  let hereDocument = ''
  if (requestBody !== undefined) {
    if (requestBody.length <= MAX_ARGUMENT) lines.push(`--data-raw ${shellQuote(requestBody)}`)
    else {
      const delimiter = delimiterFor(requestBody)
      lines.push(`--data-binary @- <<'${delimiter}'`)
      hereDocument = `\n${requestBody}\n${delimiter}`
    }
  }
  const notes = [
    ...(replacementEndpoint === undefined
      ? []
      : ['# The mock exists only inside the page. This command calls LM Studio on this machine.']),
    ...(isBodyTruncated ? ['# The body is incomplete: it exceeded the recording limit.'] : []),
  ]
  return [...notes, lines.join(' \\\n  ') + hereDocument].join('\n')
}

/** Returns the same path at another endpoint. */
function atEndpoint(url: string, endpoint: string): string {
  const { pathname, search } = new URL(url)
  return endpoint + pathname + search
}

/** Returns a line that the body does not contain. */
function delimiterFor(body: string): string {
  let delimiter = 'END_OF_BODY'
  while (body.split('\n').includes(delimiter)) delimiter += '_'
  return delimiter
}
