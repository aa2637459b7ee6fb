/** What every subject asks. */
export const MODEL = 'acme/tern-4b'
export const PROMPT = 'Write about the sea.'
export const messages = [{ role: 'user', content: PROMPT }]

/** The request every hand-written loop sends. */
export const post = (url, stream) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: MODEL,
      messages,
      stream,
      ...(stream ? { stream_options: { include_usage: true } } : {}),
    }),
  })

/**
 * Keeps what each subject makes once per address, as an application would.
 *
 * @template T
 * @param {(url: string) => T} make
 */
export function once(make) {
  const made = new Map()
  return (url) => {
    if (!made.has(url)) made.set(url, make(url))
    return made.get(url)
  }
}
