/** The request that every subject sends. */
export const MODEL = 'acme/tern-4b'
export const PROMPT = 'Write about the sea.'
export const messages = [{ role: 'user', content: PROMPT }]

/** The arguments of `fetch` for a chat completion. */
export const completion = (url, stream) => [
  `${url}/v1/chat/completions`,
  {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: MODEL,
      messages,
      stream,
      ...(stream ? { stream_options: { include_usage: true } } : {}),
    }),
  },
]

export const post = (url, stream) => fetch(...completion(url, stream))

/**
 * Creates one client per address and keeps it, as an application would.
 *
 * @template T
 * @param {(url: string) => T} create
 */
export function once(create) {
  const clients = new Map()
  return (url) => {
    if (!clients.has(url)) clients.set(url, create(url))
    return clients.get(url)
  }
}
