import { completion, post } from './request.js'

const TIMEOUT_MS = 30_000
const MAX_BODY_BYTES = 64 * 1024 * 1024

/** The loop people write by hand: no validation, no errors, no limits. Everything else is measured against it. */
async function read(url, onDelta) {
  const response = await post(url, true)
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  let buffer = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      buffer += decoder.decode(value, { stream: true })
      const lines = buffer.split('\n')
      buffer = lines.pop()
      for (const line of lines) {
        if (!line.startsWith('data: ')) continue
        const data = line.slice(6)
        if (data === '[DONE]') return
        const delta = JSON.parse(data).choices[0]?.delta
        if (delta) {
          const wait = onDelta(delta)
          if (wait) await wait
        }
      }
    }
  } finally {
    await reader.cancel()
  }
}

/** A call that cannot hang and cannot read without end. */
async function fetchJSON(url, init, signal) {
  const controller = new AbortController()
  const onAbort = () => controller.abort(signal.reason)
  signal?.addEventListener('abort', onAbort)
  const timer = setTimeout(() => controller.abort(new Error(`no response within ${TIMEOUT_MS} ms`)), TIMEOUT_MS)
  try {
    const response = await fetch(url, { ...init, signal: controller.signal })
    if (!response.ok) throw new Error(`HTTP ${response.status}`)
    return JSON.parse(await readText(response.body.getReader()))
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

async function readText(reader) {
  const decoder = new TextDecoder()
  let size = 0
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    size += value.length
    if (size > MAX_BODY_BYTES) {
      await reader.cancel()
      throw new Error(`The body is longer than ${MAX_BODY_BYTES} bytes.`)
    }
    text += decoder.decode(value, { stream: true })
  }
}

const CALLS = {
  plain: {
    complete: async (url) => (await (await post(url, false)).json()).choices[0].message.content,
    list: async (url) => (await (await fetch(`${url}/api/v1/models`)).json()).models.length,
  },
  bounded: {
    async complete(url) {
      const body = await fetchJSON(...completion(url, false))
      return body.choices[0].message.content
    },
    list: async (url) => (await fetchJSON(`${url}/api/v1/models`)).models.length,
  },
}

export const create = (variant = 'plain') => ({
  stream: (url, onText) => read(url, (delta) => (delta.content ? onText(delta.content) : undefined)),
  ...CALLS[variant],
  async toolArguments(url) {
    let text = ''
    await read(url, ({ tool_calls: calls }) => {
      if (calls) text += calls[0].function.arguments
    })
    return text
  },
  async toolCalls(url) {
    const calls = []
    await read(url, ({ tool_calls: deltas = [] }) => {
      for (const delta of deltas) calls.push(JSON.parse(delta.function.arguments))
    })
    return calls.length
  },
})
