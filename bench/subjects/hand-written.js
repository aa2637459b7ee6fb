import { post } from './request.js'

/** The loop people write by hand: no validation, no errors, no limits. The measure of everything else. */
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

export const create = () => ({
  stream: (url, onText) => read(url, (delta) => (delta.content ? onText(delta.content) : undefined)),
  async complete(url) {
    const response = await post(url, false)
    return (await response.json()).choices[0].message.content
  },
  async list(url) {
    const response = await fetch(`${url}/api/v1/models`)
    return (await response.json()).models.length
  },
  async toolArguments(url) {
    let text = ''
    await read(url, ({ tool_calls: calls }) => {
      if (calls) text += calls[0].function.arguments
    })
    return text
  },
})
