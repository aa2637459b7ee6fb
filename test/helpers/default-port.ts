/** The platform's fetch, with a refused connection for port 1234, where `discover` always looks: see test/setup.ts. */
export const fetchWithoutDefaultPort: typeof fetch = async (input, init) => {
  if (new URL(input instanceof Request ? input.url : input).port !== '1234') return fetch(input, init)
  throw new TypeError('fetch failed', {
    cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
  })
}
