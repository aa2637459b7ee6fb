import { requestInit } from '../browser/platform.js'
import type { Config } from '../config/options.js'
import { ROUTES } from '../config/routes.js'
import { excerpt } from '../errors/redact.js'
import { createScrub } from '../http/scrub.js'
import { currentFetch, readToken, send } from '../http/send.js'
import { ignore, tryWithin } from '../utils/abort.js'

/** Why a page cannot read the responses of a server, and what to change. */
export interface CORSProblem {
  /** The end of a sentence. */
  readonly what: string
  readonly step: string
  /** Whether the server allows no page at all, as LM Studio does while CORS is off. */
  readonly isOff?: boolean
}

export interface CORSCheck {
  readonly problems: readonly CORSProblem[]
  readonly evidence: readonly string[]
}

/** The part of a response that browsers judge; `undefined` if none came in time. */
type CheckedResponse = { readonly status: number; readonly headers: Headers } | undefined

// Headers that need no preflight (Fetch standard, CORS-safelisted request headers).
const SAFELISTED = ['accept', 'accept-language', 'content-language']
const MAX_QUOTED = 100

/**
 * Sends what a page of this origin would send, and judges the responses as a browser does: a GET of the model list, and the
 * preflight of a chat completion. Nothing is generated.
 */
export async function checkCORS(config: Config, origin: string, signal: AbortSignal | undefined): Promise<CORSCheck> {
  const { response: list, headerNames } = await requestList(config, origin, signal)
  const preflight = await requestPreflight(config, origin, headerNames, signal)
  const problems = [
    ...originProblems(list, origin, `the response to GET ${ROUTES.modelsOpenAI}`),
    ...preflightProblems(preflight, origin, headerNames),
  ]
  const evidence = [
    `GET ${ROUTES.modelsOpenAI} from ${origin}: ${describe(list, 'origin')}.`,
    `OPTIONS ${ROUTES.chatCompletions} (preflight of POST with ${headerNames.join(', ')}): ${describe(preflight, 'origin', 'headers')}.`,
    ...remarks(preflight, headerNames),
  ]
  return { problems, evidence }
}

/** Requests the model list; resolves also to the names of the headers that a chat completion would have, in order. */
async function requestList(config: Config, origin: string, signal: AbortSignal | undefined) {
  const { apiToken = '', endpoint, headers } = config
  const token =
    typeof apiToken === 'string' ? apiToken : await tryWithin(config.timeout, signal, () => readToken(apiToken))
  let sent = new Headers(headers)
  const response = await tryWithin(config.timeout, signal, (limit) =>
    send(config, {
      url: endpoint + ROUTES.modelsOpenAI,
      method: 'GET',
      headers: { ...headers, origin },
      body: undefined,
      signal: limit,
      token: token ?? '',
      platformInit: requestInit(endpoint),
      scrub: createScrub([token ?? '', ...Object.values(headers)], []),
      onIntercepted: ({ headers: intercepted }) => (sent = intercepted),
      onWaiting: ignore,
    }),
  )
  const names = new Set(['content-type', ...sent.keys(), ...(token ? ['authorization'] : [])])
  for (const name of [...SAFELISTED, 'origin']) names.delete(name)
  return { response, headerNames: [...names].sort() }
}

/** Browsers send a preflight without the token and the headers that it announces. */
async function requestPreflight(
  config: Config,
  origin: string,
  headerNames: readonly string[],
  signal: AbortSignal | undefined,
): Promise<CheckedResponse> {
  const url = config.endpoint + ROUTES.chatCompletions
  const headers = {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': headerNames.join(','),
    // Only Chrome before 142 sent this.
    'access-control-request-private-network': 'true',
  }
  const fetch = currentFetch(config)
  return tryWithin(config.timeout, signal, (limit) =>
    fetch(url, { method: 'OPTIONS', headers, redirect: 'manual', signal: limit, ...requestInit(url) }),
  )
}

/** Returns whether and why a page of this origin cannot read a response. */
function originProblems(response: CheckedResponse, origin: string, what: string): readonly CORSProblem[] {
  if (response === undefined) {
    return [{ what: `${what} did not arrive`, step: 'Make the server respond to OPTIONS requests.' }]
  }
  const allowed = response.headers.get('access-control-allow-origin')
  if (allowed === '*' || allowed === origin) return []
  const step = `Make the server send \`Access-Control-Allow-Origin: ${origin}\`, or \`*\`, with every response.`
  return allowed === null
    ? [{ what: `${what} has no Access-Control-Allow-Origin`, step, isOff: true }]
    : [{ what: `${what} has Access-Control-Allow-Origin: ${excerpt(allowed, MAX_QUOTED)}`, step }]
}

function preflightProblems(
  response: CheckedResponse,
  origin: string,
  headerNames: readonly string[],
): readonly CORSProblem[] {
  const what = `the response to the preflight OPTIONS ${ROUTES.chatCompletions}`
  const problems = [...originProblems(response, origin, what)]
  if (response === undefined) return problems
  const { status } = response
  if (status < 200 || status > 299) {
    const why = status >= 300 && status < 400 ? 'is a redirect' : 'is not a success'
    problems.push({
      what: `${what} ${why} (status ${status})`,
      step: 'Make the server respond to OPTIONS requests with status 204, without a token and without a redirect.',
    })
  }
  const missing = headerNames.filter((name) => !listOf(response, 'headers').some((one) => one === '*' || one === name))
  if (missing.length > 0) {
    problems.push({
      what: `the preflight’s Access-Control-Allow-Headers lacks ${missing.join(', ')}`,
      step: `Make the server send \`Access-Control-Allow-Headers: ${headerNames.join(', ')}\` in responses to OPTIONS requests.`,
    })
  }
  return problems
}

/** Facts that do not decide in current browsers, but explain what a person sees in the headers. */
function remarks(preflight: CheckedResponse, headerNames: readonly string[]): readonly string[] {
  if (preflight === undefined) return []
  const { headers } = preflight
  const result: string[] = []
  if (listOf(preflight, 'headers').includes('*') && headerNames.includes('authorization')) {
    result.push('Access-Control-Allow-Headers: * covers authorization in current browsers, but not in the standard.')
  }
  const methods = listOf(preflight, 'methods')
  if (methods.length > 0 && !methods.some((method) => method === 'post' || method === '*')) {
    result.push('Access-Control-Allow-Methods lacks POST, which browsers allow without it.')
  }
  if (headers.has('access-control-allow-credentials')) {
    result.push('Access-Control-Allow-Credentials does not matter: requests have no cookies.')
  }
  const hasPrivate = headers.has('access-control-allow-private-network')
  result.push(
    `Access-Control-Allow-Private-Network is ${hasPrivate ? 'set' : 'missing'}; Chrome 142 and later do not read it.`,
  )
  return result
}

/** The values of an `Access-Control-Allow-…` header that lists names, in lower case. */
function listOf(response: CheckedResponse, name: 'headers' | 'methods'): readonly string[] {
  const values = response?.headers.get(`access-control-allow-${name}`)?.toLowerCase().split(',') ?? []
  return values.map((value) => value.trim()).filter((value) => value !== '')
}

function describe(response: CheckedResponse, ...names: readonly ('origin' | 'headers')[]): string {
  if (response === undefined) return 'no response'
  const headers = names.map((name) => {
    const value = response.headers.get(`access-control-allow-${name}`)
    const title = name === 'origin' ? 'Access-Control-Allow-Origin' : 'Access-Control-Allow-Headers'
    return value === null ? `no ${title}` : `${title}: ${excerpt(value, MAX_QUOTED)}`
  })
  return [`status ${response.status}`, ...headers].join(', ')
}
