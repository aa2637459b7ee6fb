import type { Exchange } from '../state/recorder.js'

const nonNegative = (ms: number | undefined): number => Math.max(0, ms ?? 0)

/** Converts requests to an HTTP Archive 1.2, which browsers and other tools open. Secrets stay redacted. */
export function toHAR(exchanges: readonly Exchange[]): object {
  return {
    log: {
      version: '1.2',
      creator: { name: 'lmstudio-provider playground', version: '0' },
      pages: [],
      entries: exchanges.map(toEntry),
    },
  }
}

const toHeaders = (headers: Exchange['requestHeaders'] = []) => headers.map(([name, value]) => ({ name, value }))

function toEntry(exchange: Exchange): object {
  const { url, method, startedAt, requestHeaders, requestBody, requestBodyBytes, chunks } = exchange
  const { timing, status, statusText, responseHeaders, bytes, error } = exchange.progress.peek()
  const typeOf = (headers: Exchange['requestHeaders'] = []): string =>
    headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  const common = { httpVersion: '', cookies: [], headersSize: -1 }
  // The browser does not report to a page how it connected: waiting includes it.
  const wait = nonNegative(timing.firstByte ?? timing.headers ?? timing.end)
  const receive = nonNegative((timing.end ?? wait) - wait)
  return {
    startedDateTime: startedAt.toISOString(),
    time: wait + receive,
    request: {
      ...common,
      method,
      url,
      headers: toHeaders(requestHeaders),
      queryString: [...new URL(url).searchParams].map(([name, value]) => ({ name, value })),
      bodySize: requestBodyBytes,
      ...(requestBody === undefined ? {} : { postData: { mimeType: typeOf(requestHeaders), text: requestBody } }),
    },
    response: {
      ...common,
      // 0: no response arrived.
      status: status ?? 0,
      statusText: statusText ?? '',
      headers: toHeaders(responseHeaders),
      redirectURL: '',
      bodySize: bytes,
      content: { size: bytes, mimeType: typeOf(responseHeaders), text: chunks.map(({ text }) => text).join('') },
      ...(error === undefined ? {} : { _error: error }),
    },
    cache: {},
    timings: { blocked: -1, dns: -1, connect: -1, ssl: -1, send: 0, wait, receive },
  }
}
